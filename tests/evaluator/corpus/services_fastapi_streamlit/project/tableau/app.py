import plotly.express as px
import requests
import streamlit as st

st.title("Score d'un client")
client = st.selectbox("Client", [1, 2, 3])
reponse = requests.get(f"http://localhost:8000/clients/{client}/prediction", timeout=5).json()
gauche, droite = st.columns(2)
with gauche:
    st.plotly_chart(px.bar(x=["score"], y=[reponse["score"]]))
droite.plotly_chart(px.histogram(x=[1, 2, 3]))
