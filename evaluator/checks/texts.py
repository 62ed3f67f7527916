"""Text made ready for a model: cleaned, cut into tokens, reduced to roots, counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from evaluator.checks import _code
from evaluator.checks._static import Hit, Hits, check, fitted, sentences
from evaluator.checks.base import Check
from evaluator.facts.base import Facts

_VECTORIZER = r"(?:[\w.]+\.)?(?:Count|Tfidf|Hashing)Vectorizer"
_TOKENIZES = _code.matches(
    r"(?:nltk[\w.]*|\?)\.(?:word|sent|wordpunct|regexp|casual|blankline|line)_tokenize|[\w.]*Tokenizer\.tokenize(?:_sents)?"
    r"|\?\.(?:tokenize|texts_to_sequences)|gensim\.utils\.(?:simple_preprocess|tokenize)"
    r"|(?:tensorflow\.)?keras\.preprocessing\.text\.(?:text_to_word_sequence|Tokenizer\.(?:fit_on_texts|texts_to_\w+))"
    r"|spacy\.(?:load|blank)\(\)\.(?:__call__|pipe|tokenizer|make_doc)|spacy\.(?:lang|tokenizer)[\w.]*\.(?:__call__|pipe|tokenizer)"
    r"|pyspark\.ml\.feature\.(?:Regex)?Tokenizer\.transform|stanza\.Pipeline\.__call__|sacremoses\.\w+\.tokenize"
    r"|(?:tensorflow\.)?keras\.layers\.[\w.]*TextVectorization\.(?:adapt|__call__)|textblob\.TextBlob\.tokenize"
    r"|gensim\.parsing\.[\w.]*preprocess_(?:string|documents)|sentencepiece\.\w+\.(?:encode\w*|Encode\w*|tokenize)"
)
_TOKENIZERS = _code.matches(r"pyspark\.ml\.feature\.(?:Regex)?Tokenizer|sparknlp\.annotator\.[\w.]*Tokenizer")
_SUBWORDS = _code.matches(
    r"transformers\.\w*Tokenizer\w*\.from_pretrained\(\)\.(?:__call__|tokenize|encode|encode_plus|batch_encode_plus)"
)
_TOKEN_READ = _code.matches(
    r"[\w.?()]+\.(?:lemma_|is_stop|is_punct|is_alpha|like_num)|textblob\.TextBlob\.(?:words|tokens)"
)
_STEMS = _code.matches(
    r"(?:nltk|\?)[\w.]*Stemmer\.stem|\?\.stem|gensim\.parsing\.[\w.]*(?:stem_text|stem)|(?:[\w.]+\.)?Stemmer[\w.()]*\.stemWords?"
    r"|snowballstemmer\.[\w.()]+\.stemWords?|\?\.stemWords?|textblob\.Word\.stem"
)
_STEMMERS = _code.matches(r"sparknlp\.annotator\.[\w.]*Stemmer")
_PREPARES = _code.matches(r"gensim\.parsing\.[\w.]*preprocess_(?:string|documents)")
_LEMMATIZES = _code.matches(
    r"(?:nltk|\?)[\w.]*Lemmatizer\.lemmatize|\?\.lemmatize|textblob\.Word\.lemmatize|simplemma\.\w*lemma\w*"
    r"|(?:[\w.]+\.)?FrenchLefffLemmatizer\.lemmatize|[\w.]*treetaggerwrapper\.TreeTagger\.tag_text"
    r"|pattern\.\w+\.(?:lemma|lemmatize)"
)
_LEMMATIZERS = _code.matches(r"sparknlp\.annotator\.[\w.]*Lemmatizer\w*")
_ANALYSES = _code.matches(r"(?:stanza|spacy_stanza|trankit)\.[\w.()]+")
_LEMMA_OF_A_WORD = _code.matches(r"\?\.lemma")
_LEMMA_READ = _code.matches(r"[\w.?()]+\.lemma_|(?:stanza|trankit|spacy_stanza)[\w.()]*\.lemma")
_COUNTED = _code.matches(
    rf"{_VECTORIZER}|(?:[\w.]+\.)?TfidfTransformer|pyspark\.ml\.feature\.(?:CountVectorizer|HashingTF)"
)
_LAYER = _code.matches(r"(?:tensorflow\.)?keras\.layers\.[\w.]*TextVectorization")
_LAYER_RUN = _code.matches(r"(?:tensorflow\.)?keras\.layers\.[\w.]*TextVectorization\.(?:adapt|__call__)")
_COUNTED_BY_LAYER = {"multi_hot", "multi-hot", "count", "tf_idf", "tf-idf", "binary"}
_COUNTS = _code.matches(
    r"(?:gensim\.corpora[\w.]*Dictionary|\?)\.doc2bow|gensim\.models\.(?:tfidfmodel\.)?TfidfModel"
    r"|(?:tensorflow\.)?keras\.preprocessing\.text\.Tokenizer\.(?:texts|sequences)_to_matrix|\?\.texts_to_matrix"
    r"|pyspark\.ml\.feature\.HashingTF\.transform"
)
_CLEANS = _code.matches(
    r"(?:nltk\.corpus\.|\?\.)?stopwords\.words|nltk\.corpus\.stopwords\.words|stop_words\.\w+|stopwordsiso\.\w+"
    r"|gensim\.parsing\.[\w.]*(?:remove_stopwords|strip_\w+|preprocess_\w+)"
    r"|pyspark\.ml\.feature\.StopWordsRemover\.transform|texthero\.[\w.]*clean|cleantext\.clean"
    r"|sklearn\.feature_extraction\.text\.ENGLISH_STOP_WORDS\.\w+|nlpretext\.[\w.]+"
    r"|neattext\.[\w.]*(?:remove_\w+|clean_\w+)"
)
_CLEANS_IN_PASSING = _code.matches(r"gensim\.utils\.simple_preprocess")  # it is asked for tokens
_CLEANERS = _code.matches(
    r"pyspark\.ml\.feature\.StopWordsRemover|sparknlp\.annotator\.[\w.]*(?:StopWordsCleaner|Normalizer)"
)
_CLEANING_READ = _code.matches(
    r"[\w.?()]+\.(?:is_stop|is_punct|is_alpha|like_num|STOP_WORDS|ENGLISH_STOP_WORDS)|[\w.?()]+\.Defaults\.stop_words"
)
_SIMPLE_READ = _code.matches(r"string\.punctuation|bs4\.BeautifulSoup\.(?:text|strings)")
_SIMPLE_CLEANING = _code.matches(
    r"(?:\?|pandas\.DataFrame)\.(?:lower|casefold|translate|isalpha|isalnum)|re\.sub|(?:\?|re\.compile\(\)|regex\.compile\(\)|regex)\.sub"
    r"|builtins\.str\.lower|unidecode\.unidecode|unicodedata\.normalize|contractions\.fix|emoji\.\w+"
    r"|bs4\.BeautifulSoup\.get_text|preprocessor\.(?:api\.)?clean|ftfy\.fix_\w+"
)
_REPLACES = _code.matches(r"(?:\?|pandas\.DataFrame)\.(?:replace|str_replace|regexp_replace)")
_CUTS_TEXT = _code.matches(r"re\.(?:findall|split)")
_OF_COLUMNS = re.compile(r"\b(?:columns?|cols?|rename|header)\b")
_STRIPS = re.compile(r"\[\^|\\[WwdDsSb]|https?|<\.[*+]|string\.punctuation")
_WORD_CLASS = re.compile(r"\\w|\\W|\[a-z|\[A-Z|\[\^", re.IGNORECASE)


def _calls(facts: Facts, seen: Callable[[str], bool]) -> list[Hit]:
    """The live calls whose name is ``seen``; the function written for them is opened first."""
    return [replace(call, written=True) for call in _code.calls(facts) if seen(call.name)]


def _reads(facts: Facts, seen: Callable[[str], bool]) -> list[Hit]:
    return [replace(read, written=True) for read in _code.reads(facts) if seen(read.name)]


def _tokenizations(facts: Facts) -> list[Hit]:
    """Tokens cut by a call, walked through, or cut by a function handed to a vectoriser; sub-words come last."""
    handed = [call for call in _code.calls(facts) if _is_vectorizer(call) and _tokenizer_handed(call)]
    cut = [*_calls(facts, _TOKENIZES), *_reads(facts, _TOKEN_READ), *handed, *fitted(facts, _TOKENIZERS)]
    return [*cut, *_patterns_cutting_words(facts, cut), *_calls(facts, _SUBWORDS)]


def _is_vectorizer(call: _code.Call) -> bool:
    return re.fullmatch(_VECTORIZER, call.name) is not None


def _tokenizer_handed(call: _code.Call) -> bool:
    handed = call.keywords.get("tokenizer")
    return isinstance(handed, Mapping) and _TOKENIZES(str(handed.get("type")))


def _patterns_cutting_words(facts: Facts, cut: Sequence[Hit]) -> list[Hit]:
    """``re.findall(r"\\w+", text)`` where the program works on text."""
    programs = _text_programs(facts, cut)
    return [
        call
        for call in _calls(facts, _CUTS_TEXT)
        if call.program in programs and any(_WORD_CLASS.search(text) for text in _strings(call))
    ]


def _strings(hit: Hit) -> set[str]:
    """The pattern that a call is given, by name or first."""
    return hit.keyword("pattern", 0) | hit.keyword("pat") if isinstance(hit, _code.Call) else set()


def _stems(facts: Facts) -> list[Hit]:
    """Stemmers applied to one thing; ``axes.stem(x, y)`` draws."""
    stemmed = [hit for hit in _calls(facts, _STEMS) if isinstance(hit, _code.Call) and _is_given_one(hit)]
    by_default = [hit for hit in _calls(facts, _PREPARES) if isinstance(hit, _code.Call) and _is_left_to_itself(hit)]
    return [*stemmed, *by_default, *fitted(facts, _STEMMERS)]


def _is_given_one(call: _code.Call) -> bool:
    if call.name.startswith("?"):
        return len(call.args) == 1
    return bool(call.args) or call.name.startswith("textblob.")


def _is_left_to_itself(call: _code.Call) -> bool:
    """Whether gensim's preparation keeps its own filters, the last of which is a stemmer."""
    return len(call.args) == 1 and "filters" not in call.keywords


def _lemmas(facts: Facts) -> list[Hit]:
    analysed = {call.program for call in _code.calls(facts) if _ANALYSES(call.name)}
    of_words = [read for read in _reads(facts, _LEMMA_OF_A_WORD) if read.program in analysed]
    return [
        *_calls(facts, _LEMMATIZES),
        *_reads(facts, _LEMMA_READ),
        *of_words,
        *fitted(facts, _LEMMATIZERS),
    ]


def _bags(facts: Facts) -> list[Hit]:
    return [*fitted(facts, _COUNTED), *_calls(facts, _COUNTS), *_counting_layers(facts)]


def _counting_layers(facts: Facts) -> list[Hit]:
    """Layers of Keras that turn a text into counts, not into a sequence, where they are made, once they are run."""
    run = {call.program for call in _code.calls(facts) if _LAYER_RUN(call.name)}
    made = [
        call for call in _code.calls(facts) if _LAYER(call.name) and call.keyword("output_mode") & _COUNTED_BY_LAYER
    ]
    return [call for call in made if call.program in run]


def _cleanings(facts: Facts) -> list[Hit]:
    """Stop words, punctuation; case and patterns only where the program works on text, for columns are renamed too."""
    clear = [*_calls(facts, _CLEANS), *_reads(facts, _CLEANING_READ), *fitted(facts, _CLEANERS)]
    passing = _calls(facts, _CLEANS_IN_PASSING)
    programs = _text_programs(facts, [*clear, *passing])
    patterns = [hit for hit in _calls(facts, _REPLACES) if any(_STRIPS.search(text) for text in _strings(hit))]
    simple = [
        hit
        for hit in (*patterns, *_calls(facts, _SIMPLE_CLEANING), *_reads(facts, _SIMPLE_READ))
        if hit.program in programs and not _OF_COLUMNS.search("\n".join(_code.lines_at(facts, hit.shown_at)))
    ]
    by_vectorizer = [call for call in _code.calls(facts) if _is_vectorizer(call) and call.keywords.get("stop_words")]
    return [*clear, *simple, *passing, *by_vectorizer]


def _text_programs(facts: Facts, more: Iterable[Hit]) -> set[str]:
    """Programs that work on text: they cut, reduce or count words, or do what ``more`` holds."""
    work = [*_calls(facts, _TOKENIZES), *_calls(facts, _SUBWORDS), *_stems(facts), *_lemmas(facts), *_bags(facts)]
    return {hit.program for hit in (*work, *more)}


def _check(code: str, hits: Hits, fr: str, en: str) -> Check:
    return check(code, "texts", hits, {"fr": fr, "en": en}, version=2)


CHECKS: tuple[Check, ...] = (
    _check("text.cleaning", _cleanings, "Nettoyage du texte", "Text cleaning"),
    _check("text.tokenize", _tokenizations, "Découpage en mots (tokenisation)", "Tokenisation"),
    _check("text.stem", _stems, "Racinisation", "Stemming"),
    _check("text.lemmatize", _lemmas, "Lemmatisation", "Lemmatisation"),
    _check("text.bag_of_words", _bags, "Sac de mots", "Bag of words"),
)


MESSAGES: _code.Words = (
    sentences(
        "text.cleaning",
        "Le texte est nettoyé",
        "Aucun nettoyage de texte",
        "The text is cleaned",
        "No cleaning of text",
    )
    | sentences(
        "text.tokenize",
        "Le texte est découpé en mots",
        "Aucun découpage explicite du texte en mots",
        "The text is cut into tokens",
        "No explicit tokenisation",
    )
    | sentences(
        "text.stem",
        "Les mots sont ramenés à leur racine",
        "Aucun appel d’un raciniseur",
        "Words are reduced to their stem",
        "No call of a stemmer",
    )
    | sentences(
        "text.lemmatize",
        "Les mots sont ramenés à leur lemme",
        "Aucun appel d’un lemmatiseur",
        "Words are reduced to their lemma",
        "No call of a lemmatiser",
    )
    | sentences(
        "text.bag_of_words",
        "Un sac de mots est construit",
        "Aucun sac de mots",
        "A bag of words is built",
        "No bag of words",
    )
)
