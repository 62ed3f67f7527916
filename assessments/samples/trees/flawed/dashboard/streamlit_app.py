import pandas as pd
import plotly.express as px
import requests
import streamlit as st

st.title("Les vins et leurs cultivars")

df = pd.read_csv("data/vins.csv")
mesures = ["alcool", "acide_malique", "cendres", "alcalinite", "magnesium"]

mesure = st.selectbox("Mesure", mesures)
fig = px.histogram(df, x=mesure, color="cultivar", nbins=30)
st.plotly_chart(fig)

autre = st.selectbox("Comparer avec", mesures, index=4)
fig2 = px.scatter(df, x=mesure, y=autre, color="cultivar")
st.plotly_chart(fig2)

st.header("Prédire")
valeurs = {m: st.number_input(m, value=float(df[m].mean())) for m in mesures}
if st.button("Prédire"):
    r = requests.post("http://localhost:8000/predict", json=[valeurs])
    st.write("Cultivar :", r.json()["cultivars"][0])
