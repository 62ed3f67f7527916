"""Code partagé par les notebooks, l'API et le tableau de bord."""
