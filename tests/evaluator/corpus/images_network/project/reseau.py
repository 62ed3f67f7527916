import numpy as np
from PIL import Image, ImageFilter, ImageOps
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.image import img_to_array


def charger(chemin):
    image = ImageOps.autocontrast(Image.open(chemin))
    return image.filter(ImageFilter.MedianFilter(size=3)).resize((224, 224))


def vecteur(modele, chemin):
    tableau = img_to_array(charger(chemin))
    return modele.predict(preprocess_input(np.expand_dims(tableau, axis=0)))


if __name__ == "__main__":
    base = VGG16()
    modele = Model(inputs=base.inputs, outputs=base.layers[-2].output)
    X = np.vstack([vecteur(modele, chemin) for chemin in ["a.jpg", "b.jpg"]])
