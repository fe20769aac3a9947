"""Whether a table's files are what the Iceberg specification demands, also where readers are lenient.

Each check raises an AssertionError that names what it looked at. The rules are those of apache/iceberg,
format/spec.md, for version 2, and of apache/parquet-format for what data files say of themselves.
"""
from .data_files import check_data_file, check_deletes
from .manifests import TableFiles
from .metadata import check_metadata, check_versions

__all__ = ["check_data_file", "check_deletes", "check_metadata", "check_versions", "TableFiles"]
