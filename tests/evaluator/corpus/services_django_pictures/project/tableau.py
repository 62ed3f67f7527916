import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
import streamlit as st


@st.cache_data
def charger():
    return pd.read_csv("clients.csv")


def page():
    donnees = charger()
    ville = st.sidebar.selectbox("Ville", donnees["ville"].unique())
    choisis = donnees[donnees["ville"] == ville]
    figure, axe = plt.subplots()
    sns.histplot(choisis["age"], ax=axe)
    st.pyplot(figure)
    autre, axe = plt.subplots()
    axe.scatter(choisis["age"], choisis["revenu"])
    st.pyplot(autre)


page()
