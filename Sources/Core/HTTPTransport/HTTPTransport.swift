// The room Core/HTTPTransport is not written yet.
