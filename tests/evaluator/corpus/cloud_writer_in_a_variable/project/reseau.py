"""Un réseau pré-entraîné, sans sa dernière couche."""

import torch
from torchvision import models


class Encodeur:
    """Donne un vecteur à une image."""

    def __init__(self):
        self.reseau = models.resnet18(weights="DEFAULT")
        self.reseau.fc = torch.nn.Identity()

    def encoder(self, image):
        with torch.no_grad():
            return self.reseau(image)
