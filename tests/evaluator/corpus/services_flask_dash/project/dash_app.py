from dash import Dash, Input, Output, dcc, html
import plotly.graph_objects as go

application = Dash(__name__)
application.layout = html.Div([dcc.Dropdown(["a", "b"], id="choix"), dcc.Graph(id="un"), dcc.Graph(id="deux")])


@application.callback(Output("un", "figure"), Input("choix", "value"))
def dessiner(choix):
    return go.Figure(go.Pie(values=[1, 2], labels=["a", choix]))


if __name__ == "__main__":
    application.run()
