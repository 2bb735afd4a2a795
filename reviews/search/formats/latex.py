"""LaTeX in a bibliography made readable: accents, letters, dashes; markup goes, its text stays."""

from __future__ import annotations

import re
import unicodedata

COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307", '"': "\u0308",
    "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł", "L": "Ł", "i": "ı",
    "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "alpha": "α", "beta": "β", "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Omega": "Ω",
    "Sigma": "Σ", "times": "×", "pm": "±", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "textless": "<", "textgreater": ">",
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textendash": "–", "textemdash": "—", "ldots": "…",
    "dots": "…",
    "textdegree": "°", "degree": "°", "textregistered": "®", "texttrademark": "™", "textcopyright": "©", "copyright": "©",
    "S": "§",
    "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“", "textquotedblright": "”", "textmu": "µ", "infty": "∞",
    "approx": "≈", "rightarrow": "→", "cdot": "·", "textperiodcentered": "·", "euro": "€", "texteuro": "€", "pounds": "£",
    "textbar": "|", "textunderscore": "_", "textdollar": "$", "guillemotleft": "«", "guillemotright": "»", "slash": "/",
}  # fmt: skip
ACCENT = re.compile(
    r"\\([`'^~=.\"])\s*+(?:\{\s*+(\\?[A-Za-z]?)\s*+\}|(\\?[A-Za-z]))|\\([uvHcdbkr])(?:\s*+\{\s*+(\\?[A-Za-z]?)\s*+\}|\s++(\\?[A-Za-z]))"
)
COMMAND = re.compile(r"\\([A-Za-z]+)\*?(\s*\{\}|\s*)")
ESCAPED = re.compile(r"\\([&%$#_{}\\~^ ,;:!/-])")
HELD = str.maketrans({"{": "\ue000", "}": "\ue001", "$": "\ue002", "~": "\ue003"})
"""Signs that were escaped wait in the private use area while their unescaped twins are taken out."""
BACK = str.maketrans({"\ue000": "{", "\ue001": "}", "\ue002": "$", "\ue003": "~"})
UNWANTED = re.compile(r"[{}]|(?<!\\)\$")


def text(value: str) -> str:
    """One value as a reader would see it in print. Text without a backslash or brace comes back as it is."""
    if not any(sign in value for sign in "\\{}$~") and "--" not in value and "``" not in value:
        return value
    if "\\" in value:
        value = ACCENT.sub(accented, value)
        value = ESCAPED.sub(escaped, value)
        value = COMMAND.sub(command, value)
    value = value.replace("``", "“").replace("''", "”").replace("---", "—").replace("--", "–")
    if value.count("$") > 1:
        value = re.sub(r"\$([^$]*)\$", lambda found: re.sub(r"[_^](?=\{|\w)", "", found[1]), value)
    value = re.sub(r"[{}]", "", value).replace("~", " ")
    return value.translate(BACK)  # only accents were composed: a letter that came composed otherwise stays as it came


def accented(found: re.Match[str]) -> str:
    sign = found[1] or found[4]
    letter = next((part for part in (found[2], found[3], found[5], found[6]) if part), "")
    if not letter:
        return "" if sign.isalpha() else sign.translate(HELD)
    return unicodedata.normalize("NFC", letter[-1] + COMBINING[sign])


def escaped(found: re.Match[str]) -> str:
    sign = found[1]
    if sign in ",;:!/-":
        return " " if sign in ",;:" else ""
    return " " if sign in "\\ " else sign.translate(HELD)


def command(found: re.Match[str]) -> str:
    letter = LETTERS.get(found[1])
    if letter is None:
        return ""
    return letter.translate(HELD) + (
        " " if found[2] and not found[2].strip() and len(letter) == 1 and not letter.isalpha() else ""
    )
