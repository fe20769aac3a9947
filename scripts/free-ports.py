#!/usr/bin/env python3
"""Prints as many ports of 127.0.0.1 as asked for that nobody listens on, below those that the system hands out to others."""
import random
import socket
import sys

held = []
while len(held) < int(sys.argv[1]):
    candidate = socket.socket()
    try:
        candidate.bind(("127.0.0.1", random.randrange(20000, 32000)))
        held.append(candidate)
    except OSError:
        candidate.close()
print(*(each.getsockname()[1] for each in held))
