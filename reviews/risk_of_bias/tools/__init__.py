"""The tools by which risk of bias is judged, as data: questions, gates and decision tables, one file a tool.

>>> from reviews.risk_of_bias.tools import rob2
>>> domain = rob2.ASSIGNMENT.domain("randomisation")
>>> domain.judge({"1.1": Answer.YES, "1.2": Answer.NO_INFORMATION, "1.3": Answer.NO})
<Judgement.SOME_CONCERNS: 'some_concerns'>
"""

from .base import Answer, Check, Domain, Judgement, Level, Part, Question, Row, Tool

__all__ = ["Answer", "Check", "Domain", "Judgement", "Level", "Part", "Question", "Row", "Tool"]
