import streamlit as st
from fastapi import FastAPI
import plotly.express as px
