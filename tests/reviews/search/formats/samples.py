# ruff: noqa: E501, W291 - exports keep the line lengths and line ends that their sources write
"""One small export in each format, written by us: two invented records, the first with everything in it."""

RIS = """TY  - JOUR
AU  - Ñandú, Ana
AU  - Li, Bo
TI  - Cells & hope: a trial
T2  - Journal of Trials
PY  - 2021/03/04/
VL  - 12
IS  - 3
SP  - 10
EP  - 19
DO  - https://doi.org/10.1234/ABC.5
AB  - First line
continued here (NCT01234567).
KW  - one
KW  - two
C2  - PMC765432
UR  - https://pubmed.ncbi.nlm.nih.gov/7654321/
ZZ  - kept
ER  - 

TY  - CONF
T1  - A second record
A1  - Solo, S.
Y1  - 1999
ER  - 
"""
NBIB = """PMID- 7654321
OWN - NLM
TI  - Cells & hope: a
      trial
FAU - Ñandú, Ana
AU  - Nandu A
FAU - Li, Bo
JT  - Journal of Trials
DP  - 2021 Mar-Apr
VI  - 12
IP  - 3
PG  - 10-19
LID - 10.1234/abc.5 [doi]
LID - S1234 [pii]
PMC - PMC765432
SI  - ClinicalTrials.gov/NCT01234567
AB  - First line
      continued here.
PT  - Journal Article
PT  - Retracted Publication
RIN - J Trials. 2022 Jan;13(1):1. doi: 10.1234/abc.9. PMID: 7700000
MH  - one
OT  - two
XYZ - kept

PMID- 111
TI  - A second record
"""
PUBMED_XML = """<?xml version="1.0" encoding="UTF-8"?>
<PubmedArticleSet>
<PubmedArticle><MedlineCitation><PMID Version="1">7654321</PMID><Article><Journal><ISSN>1234-5678</ISSN><JournalIssue><Volume>12</Volume>
<Issue>3</Issue><PubDate><MedlineDate>2021 Mar-Apr</MedlineDate></PubDate></JournalIssue><Title>Journal of Trials</Title></Journal>
<ArticleTitle>Cells &amp; <i>hope</i>: a trial</ArticleTitle><Pagination><MedlinePgn>10-19</MedlinePgn></Pagination>
<Abstract><AbstractText Label="AIM">First.</AbstractText><AbstractText Label="RESULTS">Second.</AbstractText></Abstract>
<AuthorList><Author><LastName>Ñandú</LastName><ForeName>Ana</ForeName></Author><Author><CollectiveName>The Group</CollectiveName></Author>
</AuthorList><Language>eng</Language><DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>
<AccessionNumber>NCT01234567</AccessionNumber></AccessionNumberList></DataBank></DataBankList><PublicationTypeList>
<PublicationType UI="D016441">Retracted Publication</PublicationType></PublicationTypeList></Article><CommentsCorrectionsList>
<CommentsCorrections RefType="RetractionIn"><RefSource>J Trials. 2022</RefSource><PMID>7700000</PMID></CommentsCorrections>
<CommentsCorrections RefType="Cites"><PMID>5</PMID></CommentsCorrections></CommentsCorrectionsList></MedlineCitation><PubmedData>
<ArticleIdList><ArticleId IdType="doi">10.1234/ABC.5</ArticleId><ArticleId IdType="pmc">PMC765432</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.9999/wrong</ArticleId></ArticleIdList></Reference></ReferenceList>
</PubmedData></PubmedArticle>
<PubmedBookArticle><BookDocument><PMID>111</PMID><Book><BookTitle>A second record</BookTitle><PubDate><Year>1999</Year></PubDate>
</Book></BookDocument></PubmedBookArticle>
</PubmedArticleSet>
"""
ENDNOTE_XML = """<?xml version="1.0" encoding="UTF-8"?><xml><records><record><ref-type name="Journal Article">17</ref-type><contributors>
<authors><author><style face="normal">Ñandú, Ana</style></author><author>Li, Bo</author></authors></contributors><titles><title>
<style>Cells &amp; </style><style face="italic">hope</style><style>: a trial</style></title><secondary-title>Journal of Trials</secondary-title>
</titles><dates><year>2021</year></dates><volume>12</volume><number>3</number><pages>10-19</pages>
<electronic-resource-num>https://doi.org/10.1234/ABC.5</electronic-resource-num><accession-num>7654321</accession-num>
<abstract>First line</abstract><keywords><keyword>one</keyword><keyword>two</keyword></keywords><custom2>PMC765432</custom2>
<notes>NCT01234567</notes></record><record><ref-type>6</ref-type><titles><title>A second record</title></titles></record></records></xml>"""
REFER = """%0 Journal Article
%A Ñandú, Ana
%A Li, Bo
%T Cells & hope: a trial
%J Journal of Trials
%D 2021
%V 12
%N 3
%P 10-19
%R 10.1234/ABC.5
%M 7654321
%X First line
continued here NCT01234567
%K one
two
%7 kept

%0 Book
%T A second record
"""
BIBTEX = r"""@string{jt = "Journal of"}
@comment{nothing}
@article{ana, title = {Cells \& {hope}: a trial}, author = {{\~N}and{\'u}, Ana AND Li, Bo},
  journal = jt # { Trials}, year = 2021, volume = "12", number = 3, pages = {10--19}
  doi = {10.1234/ABC.5}, pmid = {7654321}, abstract = {First line NCT01234567}, keywords = {one, two}, kept = {yes}
}
@Book{solo,
  title = {A second record}
}
"""
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Nandu, A
   Li, B
AF Ñandú, Ana
   Li, Bo
TI Cells & hope: a
   trial
SO Journal of Trials
PY 2021
VL 12
IS 3
BP 10
EP 19
DI 10.1234/ABC.5
PM 7654321
AB First line NCT01234567
DE one; two
DT Article; Retracted Publication
UT WOS:000123
ZZ kept
ER

PT B
TI A second record
ER

EF
"""
OVID = """<1>
Accession Number
  7654321
Author
  Ñandú, Ana;  Li, Bo 1,2
Title
  Cells & hope: a trial
Source
  Journal of Trials.   12(3):10-19, March 2021.
Abstract
  First line NCT01234567
Database
  Ovid MEDLINE(R)
Digital Object Identifier
  10.1234/ABC.5
Author Keywords
  one;  two.
Wholly Unknown
  kept

<2. >
VN  - Ovid Technologies
TI  - A second record
"""
CSV = """Title,Authors,Journal/Book,Publication Year,DOI,PMID,Abstract,Volume,Issue,Pages,NCT Number,Unknown
Cells & hope: a trial,"Ñandú A, Li B",Journal of Trials,2021,10.1234/ABC.5,7654321,"First line
""quoted"" second",12,3,10-19,NCT01234567,kept
A second record,,,,NA,,,,,,,
"""
CTGOV = """{"totalCount":2,"studies":[{"protocolSection":{"identificationModule":{"nctId":"NCT01234567","briefTitle":"Cells & hope: a trial"},
"statusModule":{"studyFirstPostDateStruct":{"date":"2021-03-04"}},"descriptionModule":{"briefSummary":"First line"},
"referencesModule":{"references":[{"pmid":"7654321","type":"RESULT","citation":"Ñandú A. Cells. doi: 10.1234/abc.5"}]}}},
{"hasResults":false,"protocolSection":{"identificationModule":{"nctId":"NCT07654321","briefTitle":"A second record"}}}]}"""

SAMPLES = {
    "ris": RIS, "nbib": NBIB, "pubmed_xml": PUBMED_XML, "endnote_xml": ENDNOTE_XML, "refer": REFER, "bibtex": BIBTEX,
    "wos_tagged": WOS, "ovid_text": OVID, "csv": CSV, "ctgov_json": CTGOV,
}  # fmt: skip
