import matplotlib.pyplot as plt
import plotly.express as px  # importé, jamais utilisé
import streamlit as st

st.title("Suivi")
st.metric("Clients", 3)
figure, axe = plt.subplots()
axe.bar([1, 2], [3, 4])
st.pyplot(figure)
# st.plotly_chart(px.bar(x=[1], y=[1]))
