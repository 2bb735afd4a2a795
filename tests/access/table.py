"""Who may do what at every address of the site. A route that is not named here fails the test.

Each address names, for each method that it takes, who gets an answer. What everybody else gets follows from the place:
below a review strangers are told that there is nothing, members that their role does not allow it.
"""

from reviews.team.rules import Role

ANONYMOUS, OUTSIDER, ADMINISTRATOR = "anonymous", "outsider", "site administrator"
PEOPLE = (ANONYMOUS, OUTSIDER, ADMINISTRATOR, *Role)

EVERYBODY = frozenset(PEOPLE)
SIGNED_IN = EVERYBODY - {ANONYMOUS}
MEMBERS = frozenset(Role)
OWNER = frozenset({Role.OWNER})
EXTRACTOR = frozenset({Role.EXTRACTOR})
SEARCHERS = frozenset({Role.OWNER, Role.REVIEWER, Role.EXTRACTOR})
RUNS_THE_SITE = frozenset({ADMINISTRATOR})

READ = {"GET": EVERYBODY, "HEAD": EVERYBODY}
MEMBERS_READ = {"GET": MEMBERS}
ACCOUNT = READ | {"POST": EVERYBODY}
"""allauth's own pages: what they answer to whom is tested there and in tests/reviews/team."""

PAGES = {
    # public
    "": READ,
    "r/<slug>/": READ,
    "r/<slug>/v/<version>/": READ,
    "r/<slug>/history/": READ,
    "r/<slug>/v/<version>/studies/<label>/": READ,
    "r/<slug>/v/<version>/<table>.csv": READ,
    "r/<slug>/v/<version>/release.json": READ,
    "r/<slug>/v/<version>/<key>.svg": READ,
    "r/<slug>/v/<version>/<key>/<width>.json": READ,
    "help/": READ,
    "help/<name>/": READ,
    # accounts
    "accounts/login/": ACCOUNT,
    "accounts/logout/": ACCOUNT,
    "accounts/inactive/": READ,
    "accounts/password/change/": {"GET": SIGNED_IN, "HEAD": SIGNED_IN, "POST": SIGNED_IN},
    "accounts/password/reset/": ACCOUNT,
    "accounts/password/reset/done/": READ,
    "accounts/password/reset/key/<uidb36>-<key>/": ACCOUNT,
    "accounts/password/reset/key/done/": READ,
    "accounts/tokens/": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "accounts/tokens/<token_id>/withdraw/": {"POST": OWNER},  # whose token it is
    "invitations/<token>/": {"GET": EVERYBODY, "POST": EVERYBODY},
    # the site
    "site/people/": {"GET": RUNS_THE_SITE},
    "site/people/<user_id>/disable/": {"POST": RUNS_THE_SITE},
    "site/people/<user_id>/enable/": {"POST": RUNS_THE_SITE},
    "site/teams/": {"GET": RUNS_THE_SITE, "POST": RUNS_THE_SITE},
    "site/teams/<team_id>/lead/": {"POST": RUNS_THE_SITE},
    # the workspace
    "reviews/": {"GET": SIGNED_IN},
    "reviews/new/": {"GET": RUNS_THE_SITE, "POST": RUNS_THE_SITE},  # and leads of a team
    "reviews/<slug>/": MEMBERS_READ,
    "reviews/<slug>/people/": MEMBERS_READ,
    "reviews/<slug>/people/invite/": {"POST": OWNER},
    "reviews/<slug>/people/invitations/<invitation_id>/withdraw/": {"POST": OWNER},
    "reviews/<slug>/people/<user_id>/roles/": {"POST": OWNER},
    "reviews/<slug>/people/<user_id>/remove/": {"POST": OWNER},
    "reviews/<slug>/library/reports/<report_id>/files/": {"POST": EXTRACTOR},
    "reviews/<slug>/library/files/<file_id>/": MEMBERS_READ,
    "reviews/<slug>/audit/": {"GET": OWNER},
    "reviews/<slug>/protocol/": MEMBERS_READ,
    "reviews/<slug>/protocol/<number>/": MEMBERS_READ,
    "reviews/<slug>/protocol/edit/": {"GET": OWNER, "POST": OWNER},
    "reviews/<slug>/protocol/release/": {"POST": OWNER},
    "reviews/<slug>/protocol/exclusive/": {"GET": OWNER, "POST": OWNER},
    "reviews/<slug>/protocol/amend/": {"POST": OWNER},
    "reviews/<slug>/search/": MEMBERS_READ,
    "reviews/<slug>/search/new/": {"GET": SEARCHERS, "POST": SEARCHERS},
    "reviews/<slug>/search/<search_id>/": MEMBERS_READ,
    "reviews/<slug>/search/<search_id>/correct/": {"GET": SEARCHERS, "POST": SEARCHERS},
    "reviews/<slug>/search/<search_id>/files/": {"POST": SEARCHERS},
    "reviews/<slug>/search/imports/<import_id>/": MEMBERS_READ,
    "reviews/<slug>/search/imports/<import_id>/state/": MEMBERS_READ,
    "reviews/<slug>/search/imports/<import_id>/look/": {"POST": SEARCHERS},
    "reviews/<slug>/search/imports/<import_id>/retry/": {"POST": SEARCHERS},
    "reviews/<slug>/search/imports/<import_id>/discard/": {"POST": SEARCHERS},
    "reviews/<slug>/search/imports/<import_id>/undo/": {"POST": SEARCHERS},
    "reviews/<slug>/search/imports/<import_id>/retire/": {"POST": SEARCHERS},
    "reviews/<slug>/search/imports/<import_id>/file/": MEMBERS_READ,
    "reviews/<slug>/search/records/": MEMBERS_READ,
    "reviews/<slug>/search/records/export/<format>/": MEMBERS_READ,
    "reviews/<slug>/search/records/<record_id>/": MEMBERS_READ,
    "reviews/<slug>/search/records/<record_id>/correct/": {"GET": SEARCHERS, "POST": SEARCHERS},
    "reviews/<slug>/duplicates/": MEMBERS_READ,
    "reviews/<slug>/duplicates/<candidate_id>/": {"POST": SEARCHERS},
    "reviews/<slug>/duplicates/undo/": {"POST": SEARCHERS},
    "reviews/<slug>/duplicates/answers/<answer_id>/": {"POST": SEARCHERS},
    "reviews/<slug>/duplicates/records/<record_id>/split/": {"POST": SEARCHERS},
    "reviews/<slug>/search/numbers/": MEMBERS_READ,
    "reviews/<slug>/search/numbers/records/": MEMBERS_READ,
    "reviews/<slug>/extraction/": MEMBERS_READ,
    "reviews/<slug>/extraction/new/": {"GET": EXTRACTOR, "POST": EXTRACTOR},
    "reviews/<slug>/extraction/file/": {"GET": EXTRACTOR, "POST": EXTRACTOR},
    "reviews/<slug>/extraction/file/arms.csv": MEMBERS_READ,
    "reviews/<slug>/extraction/<study_id>/": MEMBERS_READ,
    "reviews/<slug>/extraction/<study_id>/table/": {"GET": EXTRACTOR, "POST": EXTRACTOR},
    "reviews/<slug>/extraction/<study_id>/arms/": {"GET": EXTRACTOR, "POST": EXTRACTOR},
    "reviews/<slug>/extraction/<study_id>/confirm/": {"POST": EXTRACTOR},
    "reviews/<slug>/extraction/<study_id>/exclude/": {"GET": EXTRACTOR, "POST": EXTRACTOR},
    "reviews/<slug>/extraction/arms/<arm_id>/<timepoint_id>/": {"GET": EXTRACTOR, "POST": EXTRACTOR},
    "reviews/<slug>/analysis/": MEMBERS_READ,
    "reviews/<slug>/analysis/new/": {"GET": OWNER, "POST": OWNER},
    "reviews/<slug>/analysis/preview/": {"POST": EXTRACTOR},
    "reviews/<slug>/analysis/<key>/": MEMBERS_READ,
    "reviews/<slug>/analysis/<key>/published/": {"GET": OWNER, "POST": OWNER},
    "reviews/<slug>/analysis/<key>/published/<published_id>/take-back/": {"POST": OWNER},
    "reviews/<slug>/analysis/<key>/state/": MEMBERS_READ,
    "reviews/<slug>/analysis/<key>/doubt/": MEMBERS_READ,
    "reviews/<slug>/analysis/<key>/recompute/": {"POST": OWNER | EXTRACTOR},
    "reviews/<slug>/analysis/<key>/amend/": {"GET": OWNER, "POST": OWNER},
    "reviews/<slug>/analysis/<key>/figure/<width>.json": MEMBERS_READ,
    "reviews/<slug>/analysis/<key>/forest.svg": MEMBERS_READ,
    "reviews/<slug>/earlier/": {"GET": MEMBERS, "POST": EXTRACTOR},
    "reviews/<slug>/earlier/<statement_id>/take-back/": {"POST": EXTRACTOR},
    "reviews/<slug>/publication/": {"GET": MEMBERS, "POST": OWNER},
    "reviews/<slug>/publication/notice/": {"POST": OWNER},
    "reviews/<slug>/publication/<version>/withdraw/": {"GET": OWNER, "POST": OWNER},
}

NOTHING = {"GET": frozenset()}
"""No endpoint: whoever is signed in is told so in the API's own words."""
HERE = "api/v1/reviews/<slug>/"
API = {
    "api/schema/": READ,
    "api/docs/": READ,
    "api/v1/published/": READ,
    "api/v1/published/<slug>/": READ,
    "api/v1/published/<slug>/<version>/": READ,
    "api/v1/published/<slug>/<version>/arms/": READ,
    "api/v1/published/<slug>/<version>/<table>.csv": READ,
    "api/^v1/": NOTHING,
    "api/v1/me/": {"GET": SIGNED_IN},
    "api/v1/reviews/": {"GET": SIGNED_IN, "POST": RUNS_THE_SITE},  # and leads of a team
    HERE: MEMBERS_READ,
    f"{HERE}people/": MEMBERS_READ,
    f"{HERE}people/<user_id>/": {"PUT": OWNER, "DELETE": OWNER},
    f"{HERE}invitations/": {"GET": OWNER, "POST": OWNER},
    f"{HERE}invitations/<invitation_id>/": {"DELETE": OWNER},
    f"{HERE}events/": {"GET": OWNER},
    f"{HERE}events/check/": {"GET": OWNER},
    f"{HERE}protocols/": MEMBERS_READ,
    f"{HERE}protocols/<number>/": MEMBERS_READ,
    f"{HERE}protocols/draft/": {"PUT": OWNER},
    f"{HERE}protocols/draft/release/": {"POST": OWNER},
    f"{HERE}protocols/amendments/": {"POST": OWNER},
    f"{HERE}library/": MEMBERS_READ,
    f"{HERE}reports/<report_id>/files/": {"POST": EXTRACTOR},
    f"{HERE}files/<file_id>/": MEMBERS_READ,
    f"{HERE}duplicates/": MEMBERS_READ,
    f"{HERE}duplicates/<candidate_id>/answer/": {"POST": SEARCHERS},
    f"{HERE}duplicates/answers/<answer_id>/undo/": {"POST": SEARCHERS},
    f"{HERE}duplicates/answers/<answer_id>/again/": {"POST": SEARCHERS},
    f"{HERE}duplicates/records/<record_id>/": MEMBERS_READ,
    f"{HERE}duplicates/records/<record_id>/split/": {"POST": SEARCHERS},
    f"{HERE}searches/": {"GET": MEMBERS, "POST": SEARCHERS},
    f"{HERE}searches/<search_id>/": MEMBERS_READ,
    f"{HERE}searches/<search_id>/files/": {"POST": SEARCHERS},
    f"{HERE}imports/": MEMBERS_READ,
    f"{HERE}imports/<import_id>/": {"GET": MEMBERS, "DELETE": SEARCHERS},
    f"{HERE}imports/<import_id>/start/": {"POST": SEARCHERS},
    f"{HERE}imports/<import_id>/undo/": {"POST": SEARCHERS},
    f"{HERE}imports/<import_id>/retire/": {"POST": SEARCHERS},
    f"{HERE}imports/<import_id>/rejections/": MEMBERS_READ,
    f"{HERE}records/": MEMBERS_READ,
    f"{HERE}records/<record_id>/": MEMBERS_READ,
    f"{HERE}records/<record_id>/corrections/": {"POST": SEARCHERS},
    f"{HERE}identification/": MEMBERS_READ,
    f"{HERE}outcomes/": MEMBERS_READ,
    f"{HERE}outcomes/exclusive/": {"GET": MEMBERS, "POST": OWNER},
    f"{HERE}studies/<study_id>/results/": {"POST": EXTRACTOR},
    f"{HERE}studies/<study_id>/arm-choices/": {"GET": MEMBERS, "POST": EXTRACTOR},
    f"{HERE}arms.csv": {"GET": MEMBERS, "POST": EXTRACTOR},
    f"{HERE}studies/": {"GET": MEMBERS, "POST": EXTRACTOR},
    f"{HERE}studies/<study_id>/": MEMBERS_READ,
    f"{HERE}studies/<study_id>/decisions/": {"GET": MEMBERS, "POST": EXTRACTOR},
    f"{HERE}studies/<study_id>/counts/": {"POST": EXTRACTOR},
    f"{HERE}studies/<study_id>/confirmations/": {"POST": EXTRACTOR},
    f"{HERE}values/": MEMBERS_READ,
    f"{HERE}analyses/": {"GET": MEMBERS, "POST": OWNER},
    f"{HERE}analyses/options/": MEMBERS_READ,
    f"{HERE}analyses/preview/": {"POST": EXTRACTOR},
    f"{HERE}analyses/<key>/": MEMBERS_READ,
    f"{HERE}analyses/<key>/published/": {"GET": MEMBERS, "POST": OWNER},
    f"{HERE}analyses/<key>/published/<published_id>/take-back/": {"POST": OWNER},
    f"{HERE}analyses/<key>/plans/": {"GET": MEMBERS, "POST": OWNER},
    f"{HERE}analyses/<key>/doubt/": MEMBERS_READ,
    f"{HERE}analyses/<key>/work/": {"GET": MEMBERS, "POST": OWNER | EXTRACTOR},
    f"{HERE}analyses/<key>/snapshots/": MEMBERS_READ,
    f"{HERE}analyses/<key>/snapshots/<number>/": MEMBERS_READ,
    f"{HERE}statements/": {"GET": MEMBERS, "POST": EXTRACTOR},
    f"{HERE}statements/<statement_id>/take-back/": {"POST": EXTRACTOR},
    f"{HERE}releases/": {"GET": MEMBERS, "POST": OWNER},
    f"{HERE}releases/proposal/": MEMBERS_READ,
    f"{HERE}releases/<version>/": MEMBERS_READ,
    f"{HERE}notices/": {"GET": MEMBERS, "POST": OWNER},
}

API = {address: takes | ({"HEAD": takes["GET"]} if "GET" in takes else {}) for address, takes in API.items()}

TABLE = PAGES | API
