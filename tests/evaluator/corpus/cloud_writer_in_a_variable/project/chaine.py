"""Décrit les images avec un réseau partagé entre les machines, réduit, puis dépose le résultat."""

import os

from pyspark.ml.feature import PCA
from pyspark.sql import SparkSession
from reseau import Encodeur

EN_LOCAL = os.environ.get("EN_LOCAL") == "1"
RACINE = "donnees" if EN_LOCAL else "s3://verger"

spark = SparkSession.builder.appName("verger").getOrCreate()
encodeur = spark.sparkContext.broadcast(Encodeur())


def decrire(ligne):
    return ligne.path, encodeur.value.encoder(ligne.content)


images = spark.read.format("binaryFile").load(RACINE + "/images")
decrites = images.rdd.map(decrire).toDF(["path", "variables"])
reduites = PCA(k=20, inputCol="variables", outputCol="reduites").fit(decrites).transform(decrites)
depot = reduites.write.mode("overwrite")
depot.parquet(RACINE + "/resultats")
