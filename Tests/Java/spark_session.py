"""A Spark with Java Iceberg, in the environment that has it, without a network."""
from pyspark.sql import SparkSession


def spark(jars, **options):
    """A session of two threads; `options` are those of a catalog `lake`."""
    builder = (
        SparkSession.builder.master("local[2]").appName("nilus-interop")
        .config("spark.jars", ",".join(jars)).config("spark.driver.extraClassPath", ":".join(jars))
        .config("spark.driver.memory", "1g").config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1").config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC").config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .config("spark.sql.shuffle.partitions", "1"))
    if options:
        builder = builder.config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog").config(
            "spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        for name, value in options.items():
            builder = builder.config(f"spark.sql.catalog.lake.{name}", value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
