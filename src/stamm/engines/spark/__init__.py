"""Apache Spark as an engine; imported only where it was chosen, since pyspark and Java are large."""
