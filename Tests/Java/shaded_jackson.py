"""Makes the JSON library that Iceberg's Spark runtime looks for under a name of its own, from the one of Spark.

Iceberg is released with Jackson inside, moved into a package of Iceberg's. The distribution of it on PyPI leaves
those classes out. So they are made as the release makes them: every mention of the package in a class file is
a text in its constant pool, and is put under the other name.

Usage: shaded_jackson.py FOLDER_OF_SPARK_JARS OUTPUT_JAR
"""
import pathlib
import struct
import sys
import zipfile

MODULES = ("core", "annotations", "databind")
PREFIXES = {b"com/fasterxml/jackson": b"org/apache/iceberg/shaded/com/fasterxml/jackson",
            b"com.fasterxml.jackson": b"org.apache.iceberg.shaded.com.fasterxml.jackson"}
HEADER_BYTES = 10
TEXT = 1
# Bytes after the tag of each other kind of constant: the Java Virtual Machine Specification, section 4.4.
SIZES = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
TAKE_TWO_PLACES = (5, 6)


def moved(text):
    for old, new in PREFIXES.items():
        text = text.replace(old, new)
    return text


def moved_class(content):
    """A class file with every text of its constant pool moved."""
    magic, _, count = struct.unpack_from(">IIH", content)
    assert magic == 0xCAFEBABE
    parts, position, index = [content[:HEADER_BYTES]], HEADER_BYTES, 1
    while index < count:
        tag = content[position]
        if tag == TEXT:
            (length,) = struct.unpack_from(">H", content, position + 1)
            text = moved(content[position + 3:position + 3 + length])
            parts.append(struct.pack(">BH", TEXT, len(text)) + text)
            position += 3 + length
        else:
            end = position + 1 + SIZES[tag]
            parts.append(content[position:end])
            position = end
        index += 2 if tag in TAKE_TWO_PLACES else 1
    return b"".join([*parts, content[position:]])


def main():
    spark, output = map(pathlib.Path, sys.argv[1:])
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as made:
        for module in MODULES:
            (path,) = spark.glob(f"jackson-{module}-[0-9]*.jar")
            with zipfile.ZipFile(path) as jar:
                for name in jar.namelist():
                    if name.startswith("com/fasterxml/") and name.endswith(".class"):
                        made.writestr(moved(name.encode()).decode(), moved_class(jar.read(name)))


if __name__ == "__main__":
    main()
