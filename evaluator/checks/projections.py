"""Many dimensions brought to few, and shown."""

from __future__ import annotations

from evaluator.checks import _code, _values
from evaluator.checks._static import Hit, check, fitted, named
from evaluator.facts.base import Facts

_REDUCERS = _code.matches(
    r"(?:[\w.]+\.)?(?:\w*PCA|\w*TSNE|\w*UMAP|TruncatedSVD|\w*NMF|LatentDirichletAllocation|FactorAnalysis\w*|FastICA"
    r"|Isomap|MDS|LocallyLinearEmbedding|SpectralEmbedding|MCA|FAMD|MFA|PaCMAP|TriMap|TRIMAP|PHATE"
    r"|(?:Gaussian|Sparse)RandomProjection)|sklearn\.discriminant_analysis\.LinearDiscriminantAnalysis"
)
_REDUCES = _code.matches(
    r"gensim\.models\.(?:[\w.]+\.)?(?:LdaModel|LdaMulticore|LsiModel|Nmf)|numpy\.linalg\.svd|scipy\.linalg\.svd"
    r"|scipy\.sparse\.linalg\.svds|sklearn\.manifold\.[a-z]\w+|sklearn\.utils\.extmath\.randomized_svd"
    r"|torch\.(?:pca|svd)_lowrank"
)
_DRAWS = _code.matches(
    r"(?:matplotlib\.pyplot|matplotlib\.Axes|matplotlib\.Figure|\?)\.(?:scatter|scatter3D|plot|plot3D|text|annotate|hexbin)"
    r"|seaborn\.(?:scatterplot|relplot|lmplot|regplot|jointplot|pairplot|kdeplot)|pandas\.DataFrame\.plot(?:\.scatter)?"
    r"|plotly\.express\.(?:scatter\w*)|plotly\.graph_objects\.Scatter(?:gl|3d)?|plotly\.\w+\.(?:add_scatter\w*)"
    r"|altair\.Chart|(?:pandas\.DataFrame|\?)\.hvplot\.scatter|bokeh\.plotting\.figure\.(?:scatter|circle)"
    r"|streamlit\.(?:scatter_chart|plotly_chart)"
)
_VISUALIZERS = _code.matches(
    r"yellowbrick\.[\w.]*(?:TSNEVisualizer|UMAPVisualizer|PCA|PCADecomposition|Manifold)|umap\.plot\.\w+"
)
_PLOTS = _code.matches(
    r"umap\.plot\.(?:points|interactive)|scikitplot\.decomposition\.plot_pca_2d_projection|prince\.\w+\.plot\w*"
    r"|yellowbrick\.features\.(?:pca_decomposition|manifold_embedding)|pyLDAvis\.[\w.]*prepare"
)
_AXES_IN_SPACE = _code.matches(r"mpl_toolkits\.mplot3d\.[\w.]*Axes3D")
_POINTS = _code.matches(r"(?:matplotlib\.Axes|\?)\.(?:scatter|plot)")
_ENCODED = _code.matches(
    r"(?:matplotlib\.Axes|\?)\.scatter3D|plotly\.express\.(?:scatter_3d|parallel_coordinates)"
    r"|plotly\.graph_objects\.(?:Scatter3d|Parcoords)|pandas\.plotting\.(?:parallel_coordinates|radviz|andrews_curves)"
)


def _reduced(facts: Facts) -> list[Hit]:
    """Reductions applied, those that stand in a cell of their own first."""
    return sorted([*fitted(facts, _REDUCERS), *named(facts, _REDUCES)], key=lambda hit: bool(hit.via))


def _shown(facts: Facts) -> list[Hit]:
    """Clouds of reduced points, else drawings that encode more than two variables in their axes."""
    clouds = [call for call in _code.calls(facts) if _DRAWS(call.name) and _values.shows_projection(call)]
    tools = [*named(facts, _PLOTS), *fitted(facts, _VISUALIZERS)]
    return [*clouds, *tools] or [*named(facts, _ENCODED), *_in_space(facts)]


def _in_space(facts: Facts) -> list[Hit]:
    """Points drawn along three axes, where a program makes axes in space."""
    deep = {
        call.program for call in _code.calls(facts) if "3d" in call.keyword("projection") or _AXES_IN_SPACE(call.name)
    }
    drawn = [call for call in _code.calls(facts) if _POINTS(call.name) and len(call.args) > 2]
    return [call for call in drawn if call.program in deep and not isinstance(call.args[2], str)]


CHECKS = (
    check(
        "dimension.reduction",
        "projections",
        _reduced,
        {"fr": "Réduction de dimension", "en": "Dimension reduction"},
        handed=_REDUCERS,
        version=2,
    ),
    check(
        "chart.high_dimension",
        "projections",
        _shown,
        {"fr": "Graphique de données à grandes dimensions", "en": "Chart of high-dimensional data"},
        figures=True,
        version=2,
    ),
)

MESSAGES: _code.Words = _code.words(
    "dimension.reduction",
    {
        "met": "La dimension est réduite (ACP, t-SNE, UMAP, SVD…) dans {path} ({count:endroit|endroits} au total).",
        "not_met": "Aucune réduction de dimension réellement appliquée n’a été trouvée dans le code.",
    },
    {
        "met": "Dimensions are reduced (PCA, t-SNE, UMAP, SVD…) in {path} ({count:place|places} in all).",
        "not_met": "No dimension reduction really applied was found in the code.",
    },
) | _code.words(
    "chart.high_dimension",
    {
        "met": "Des données à grandes dimensions sont représentées dans {path} ({count:endroit|endroits} au total).",
        "not_met": "Aucun graphique de données à grandes dimensions (nuage d’ACP…) n’a été trouvé dans le code.",
    },
    {
        "met": "High-dimensional data are drawn in {path} ({count:place|places} in all).",
        "not_met": "No chart of high-dimensional data (cloud of a PCA, of a t-SNE…) was found in the code.",
    },
)
