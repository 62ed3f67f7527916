"""Pictures made ready for a model: contrast, noise, local or learnt descriptors, visual words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from evaluator.checks import _code
from evaluator.checks._static import Hit, Hits, check, sentences
from evaluator.checks._values import kind
from evaluator.checks.base import Check
from evaluator.facts.base import Facts

_CONTRAST = _code.matches(
    r"cv2\.(?:equalizeHist|createCLAHE(?:\(\)\.apply)?|intensity_transform\.\w+)|\?\.equalizeHist"
    r"|(?:PIL\.)?ImageOps\.(?:autocontrast|equalize)|(?:PIL\.)?ImageEnhance\.Contrast(?:\.enhance)?"
    r"|skimage\.exposure\.(?:equalize_\w+|adjust_\w+|rescale_intensity|match_histograms)"
    r"|tensorflow\.image\.(?:adjust_contrast|per_image_standardization)|torchvision\.transforms[\w.]*\.(?:adjust_contrast|equalize|autocontrast)"
    r"|kornia\.enhance\.(?:equalize\w*|adjust_contrast)"
)
_EQUALIZES_BY_CHANCE = _code.matches(r"albumentations\.[\w.]*(?:CLAHE|Equalize|AutoContrast)")
_BLURS_BY_CHANCE = _code.matches(r"albumentations\.[\w.]*(?:GaussianBlur|MedianBlur|Blur)")
_STRETCHES = _code.matches(r"cv2\.(?:convertScaleAbs|normalize)")
_FILTERS = _code.matches(
    r"cv2\.(?:GaussianBlur|blur|medianBlur|bilateralFilter|boxFilter|fastNlMeansDenoising\w*|stackBlur|pyrMeanShiftFiltering"
    r"|edgePreservingFilter|ximgproc\.guidedFilter)"
    r"|skimage\.(?:filters(?:\.rank)?\.(?:gaussian|median|mean)|restoration\.denoise_\w+)"
    r"|scipy\.ndimage(?:\.filters)?\.(?:gaussian_filter|median_filter|uniform_filter)|scipy\.signal\.(?:wiener|medfilt2d)"
    r"|torchvision\.transforms[\w.]*\.(?:gaussian_blur|GaussianBlur)|kornia\.filters\.(?:gaussian|median|box|bilateral)_\w+"
)
_PILLOW_FILTERS = _code.matches(
    r"(?:PIL\.)?ImageFilter\.(?:GaussianBlur|BoxBlur|BLUR|MedianFilter|MinFilter|MaxFilter|ModeFilter|RankFilter|SMOOTH\w*)"
)
_DETECTORS = _code.matches(
    r"cv2\.(?:xfeatures2d\.)?(?:ORB|SIFT|SURF|AKAZE|KAZE|BRISK)_create|cv2\.(?:ORB|SIFT|AKAZE|KAZE|BRISK)\.create"
    r"|cv2\.(?:ORB|SIFT|SURF)|skimage\.feature\.(?:ORB|SIFT)"
)
_DESCRIBES = _code.matches(
    r"(?:[\w.()]+|\?)\.(?:detectAndCompute|detect_and_extract)|cv2\.[\w.()]+\.compute|skimage\.feature\.(?:hog|daisy)"
)
_DETECTS_ONLY = _code.matches(r"cv2\.[\w.()]+\.detect")
_NETWORKS = _code.matches(
    r"(?:tensorflow\.)?keras\.applications\.[\w.]*[A-Z]\w*|torchvision\.models\.[\w.]+|timm\.create_model"
    r"|sparkdl\.DeepImageFeaturizer|efficientnet[\w.]*\.EfficientNet\w+|(?:open_)?clip\.(?:load|create_model\w*)"
    r"|transformers\.(?:ViT|CLIP|Swin|DeiT|ConvNext|Beit|ResNet|Dinov2|AutoModelForImage|AutoImage)\w*\.from_pretrained"
    r"|fastai\.[\w.]*(?:vision|cnn|unet)_learner"
)
_NAMED_MODELS = _code.matches(r"sentence_transformers\.SentenceTransformer|transformers\.pipeline")
_HUB = _code.matches(r"tensorflow_hub\.(?:load|KerasLayer)|torch\.hub\.load")
_OF_PICTURES = re.compile(
    r"mobilenet|res[a-z]*net|inception|efficientnet|vgg|densenet|nasnet|imagenet|vision|xception|alexnet|dino|convnext|swin"
    r"|(?:^|\W)(?:clip|vit|image|bit)\b|clip-vit",
    re.IGNORECASE,
)
_RUNS_NETWORK = _code.matches(
    r"(?:[\w.()]+|\?)\.(?:predict|predict_on_batch|predict_generator|__call__|get_image_features|encode_image|fit"
    r"|fit_generator|forward|fine_tune|fit_one_cycle)|sentence_transformers\.\w+\.encode"
)
_WORD_MAKERS = _code.matches(
    r"(?:sklearn|cuml|faiss)\.(?:cluster\.)?(?:MiniBatch|Bisecting)?KMeans|sklearn\.mixture\.GaussianMixture|faiss\.Kmeans"
)
_GROUPS = _code.matches(r"scipy\.cluster\.vq\.kmeans2?|cv2\.kmeans")
_ASSIGNS = _code.matches(r"(?:[\w.]+\.)?(?:MiniBatch|Bisecting)?KMeans\.predict|\?\.predict|scipy\.cluster\.vq\.vq")
_COUNTS = _code.matches(r"numpy\.(?:histogram|bincount|zeros|unique)|collections\.Counter|scipy\.[\w.]+\.histogram")
_BAG_MADE = _code.matches(r"cv2\.(?:BOWKMeansTrainer|BOWImgDescriptorExtractor)(?:\(\))?\.(?:cluster|compute)")


def _calls(facts: Facts, seen: Callable[[str], bool]) -> list[_code.Call]:
    """The live calls whose name is ``seen``; the function written for them is opened first."""
    return [replace(call, written=True) for call in _code.calls(facts) if seen(call.name)]


def _contrasts(facts: Facts) -> list[_code.Call]:
    stretched = [call for call in _calls(facts, _STRETCHES) if _changes_contrast(call)]
    return [*_calls(facts, _CONTRAST), *stretched, *_always(facts, _EQUALIZES_BY_CHANCE)]


def _always(facts: Facts, seen: Callable[[str], bool]) -> list[_code.Call]:
    """Augmentations that every picture goes through: ``A.CLAHE(p=1)``; one drawn at random prepares nothing."""
    return [call for call in _calls(facts, seen) if call.keywords.get("p") == 1 or call.keywords.get("always_apply")]


def _changes_contrast(call: _code.Call) -> bool:
    """``cv2.convertScaleAbs(image, alpha=1.5)``; ``cv2.normalize`` over the whole range of grey levels."""
    if call.method == "convertScaleAbs":
        return "alpha" in call.keywords or len(call.args) > 1
    given = [*call.args, *call.keywords.values()]
    return 255 in given and any(kind(value) == "cv2.NORM_MINMAX" for value in given)


def _words(call: _code.Call) -> list[str]:
    """The texts that a call is given."""
    return [text for value in (*call.args, *call.keywords.values()) for text in _texts(value)]


def _texts(value: object) -> list[str]:
    known = value.get("any", []) if isinstance(value, Mapping) else [value]
    return [item for item in known if isinstance(item, str)]


def _filters(facts: Facts) -> list[_code.Call]:
    by_pillow = [replace(call, written=True) for call in _code.calls(facts) if _filters_with_pillow(call)]
    return [*_calls(facts, _FILTERS), *by_pillow, *_always(facts, _BLURS_BY_CHANCE)]


def _filters_with_pillow(call: _code.Call) -> bool:
    """``image.filter(ImageFilter.MedianFilter(3))``."""
    kinds = [arg.get("type") for arg in call.args if isinstance(arg, Mapping)]
    return call.method == "filter" and any(_PILLOW_FILTERS(str(kind)) for kind in kinds)


def _features(facts: Facts) -> list[_code.Call]:
    """Where a local descriptor is made, then where it is computed; pre-trained networks that are run come last."""
    computed = _calls(facts, _DESCRIBES)
    detected = _calls(facts, _DETECTS_ONLY)
    used = {call.program for call in (*computed, *detected)}
    made = [call for call in _code.calls(facts) if _DETECTORS(call.name) and call.program in used]
    local = [*made, *computed] if computed else []
    return [*local, *_networks_run(facts)]


def _networks_run(facts: Facts) -> list[_code.Call]:
    """Pre-trained networks of a program that runs one over its pictures, or trains what stands on it."""
    run = {call.program for call in _code.calls(facts) if _RUNS_NETWORK(call.name)}
    run |= {fit.program for fit in _code.fits(facts)}
    by_name = (*_calls(facts, _HUB), *_calls(facts, _NAMED_MODELS))
    hub = [call for call in by_name if _OF_PICTURES.search(" ".join(_words(call)))]
    return [call for call in (*_calls(facts, _NETWORKS), *hub) if call.program in run]


def _visual_words(facts: Facts) -> list[Hit]:
    """Descriptors grouped into words, each picture's descriptors given to words and counted."""
    made = _calls(facts, _BAG_MADE)
    if made:
        return [*made]
    described = {call.program for call in _calls(facts, _DESCRIBES)}
    grouped: list[Hit] = [fit for fit in _code.fits(facts) if _WORD_MAKERS(fit.name)]
    grouped += _calls(facts, _GROUPS)
    counted = {call.program for call in _code.calls(facts) if _COUNTS(call.name)}
    programs = described & counted & {fit.program for fit in grouped}
    assigned = [call for call in _calls(facts, _ASSIGNS) if call.program in programs and _is_picture_by_picture(call)]
    known = [call for call in assigned if not call.name.startswith("?")]
    near = known or [call for call in assigned if _place(call) in _places(facts, _COUNTS)]
    return [*near, *(fit for fit in grouped if fit.program in programs)] if near else []


def _is_picture_by_picture(call: _code.Call) -> bool:
    """Whether words are given in a loop or a function, once for each picture."""
    return call.loops > 0 or bool(call.via)


def _places(facts: Facts, seen: Callable[[str], bool]) -> set[tuple[str, int | None]]:
    return {_place(call) for call in _code.calls(facts) if seen(call.name)}


def _place(call: _code.Call) -> tuple[str, int | None]:
    return call.at.path, call.at.cell


def _check(code: str, hits: Hits, fr: str, en: str) -> Check:
    return check(code, "images", hits, {"fr": fr, "en": en}, version=2)


CHECKS: tuple[Check, ...] = (
    _check("image.contrast", _contrasts, "Contraste d’une image", "Contrast of a picture"),
    _check("image.noise_filter", _filters, "Filtrage du bruit", "Noise filtering"),
    _check("image.features", _features, "Descripteurs d’images", "Picture features"),
    _check("image.bag_of_visual_words", _visual_words, "Sac de mots visuels", "Bag of visual words"),
)


MESSAGES: _code.Words = (
    sentences(
        "image.contrast",
        "Le contraste des images est modifié",
        "Aucun appel qui change le contraste d’une image",
        "The contrast of pictures is changed",
        "No call that changes the contrast of a picture",
    )
    | sentences(
        "image.noise_filter",
        "Le bruit des images est filtré",
        "Aucun filtre de bruit ou de lissage",
        "The noise of pictures is filtered",
        "No filter of noise or smoothing",
    )
    | sentences(
        "image.features",
        "Des descripteurs sont extraits des images",
        "Aucun descripteur d’image extrait",
        "Features are extracted from pictures",
        "No feature extracted from pictures",
    )
    | sentences(
        "image.bag_of_visual_words",
        "Un sac de mots visuels est construit",
        "Aucun sac de mots visuels",
        "A bag of visual words is built",
        "No bag of visual words",
    )
)
