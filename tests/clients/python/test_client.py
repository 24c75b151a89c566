"""A client that openapi-python-client makes of the API's document, against the server at BALLAST_URL, a demonstration.

Run as a program it prints the results, and writes "# pass N" and "# fail N" to the file that is named.
"""

import importlib
import json
import os
import pkgutil
import sys
import unittest
from http import HTTPStatus

import ballast_client
from ballast_client import AuthenticatedClient, Client
from ballast_client.api.hiring import create_vacancy, get_vacancy, list_vacancies, update_vacancy
from ballast_client.api.identity import create_token, get_me
from ballast_client.models import Credentials, Problem, Token, Vacancy, VacancyInput, VacancyList, VacancyPatch
from ballast_client.models import VacancyStatus
from ballast_client.types import UNSET

DOCUMENT = os.path.join(os.path.dirname(__file__), "../../../openapi/ballast.json")
BASE = os.environ["BALLAST_URL"] + "/api/v1"


def everything(client: AuthenticatedClient) -> list[Vacancy]:
    """All vacancies, two a page, by the cursor of the page before."""
    found, cursor = [], UNSET
    while True:
        page = list_vacancies.sync(client=client, limit=2, cursor=cursor)
        assert isinstance(page, VacancyList) and 0 < len(page.items) <= 2, page
        found += page.items
        if page.next_cursor is UNSET:
            return found
        cursor = page.next_cursor


def like(vacancy: Vacancy, **other) -> VacancyInput:
    """A vacancy like another, to be posted under a reference of its own."""
    same = vacancy.to_dict()
    fields = {name: same[name] for name in VacancyInput.__annotations__ if name in same}
    return VacancyInput.from_dict(fields | other)


class GeneratedClient(unittest.TestCase):
    """A member of a factory's staff at work."""

    @classmethod
    def setUpClass(cls):
        credentials = Credentials(login="factory", password=os.environ["BALLAST_PASSWORD"])
        token = create_token.sync(client=Client(base_url=BASE), body=credentials)
        assert isinstance(token, Token), token
        cls.client = AuthenticatedClient(base_url=BASE, token=token.token)
        cls.vacancies = everything(cls.client)
        cls.open = next(one for one in cls.vacancies if one.status is VacancyStatus.OPEN)

    def test_every_operation_has_a_function_and_every_module_can_be_imported(self):
        modules = [m.name for m in pkgutil.walk_packages(ballast_client.__path__, "ballast_client.")]
        made = {name.split(".")[-1] for name in modules if hasattr(importlib.import_module(name), "sync_detailed")}
        with open(DOCUMENT, encoding="utf-8") as document:
            paths = json.load(document)["paths"]
        self.assertEqual(made, {said["operationId"] for path in paths.values() for said in path.values()})

    def test_a_list_is_read_to_its_end_each_row_once(self):
        page = list_vacancies.sync(client=self.client, limit=1, with_total=True)
        self.assertGreater(page.total, 2)
        self.assertEqual(len({vacancy.id for vacancy in self.vacancies}), page.total)

    def test_who_has_a_row_already_is_told_so_by_its_tag(self):
        seen = get_vacancy.sync_detailed(self.open.id, client=self.client)
        tag = seen.headers["ETag"]
        self.assertTrue(tag.startswith(f'"{seen.parsed.revision}-'), tag)
        again = get_vacancy.sync_detailed(self.open.id, client=self.client, if_none_match=tag)
        self.assertEqual(again.status_code, HTTPStatus.NOT_MODIFIED)

    def test_a_change_takes_the_tag_that_was_seen_and_a_stale_one_is_refused(self):
        seen = get_vacancy.sync_detailed(self.open.id, client=self.client)
        tag, headcount = seen.headers["ETag"], seen.parsed.headcount + 1
        change = VacancyPatch(headcount=headcount)
        changed = update_vacancy.sync_detailed(self.open.id, client=self.client, body=change, if_match=tag)
        self.assertEqual((changed.status_code, changed.parsed.headcount), (HTTPStatus.OK, headcount))
        self.assertNotEqual(changed.headers["ETag"], tag)
        stale = update_vacancy.sync_detailed(self.open.id, client=self.client, body=change, if_match=tag)
        self.assertEqual((stale.status_code, stale.parsed.code), (HTTPStatus.PRECONDITION_FAILED, "stale"))

    def test_null_clears_what_may_be_cleared(self):
        for age, kept in ((20, 20), (None, UNSET)):
            tag = get_vacancy.sync_detailed(self.open.id, client=self.client).headers["ETag"]
            body = VacancyPatch(age_min=age)
            changed = update_vacancy.sync(self.open.id, client=self.client, body=body, if_match=tag)
            self.assertEqual(changed.age_min, kept)

    def test_a_retried_request_has_its_effect_once(self):
        body, key = like(self.open, reference="PY-1"), "python-00000001"
        first = create_vacancy.sync_detailed(client=self.client, body=body, idempotency_key=key)
        self.assertEqual(first.status_code, HTTPStatus.CREATED)
        self.assertNotIn("Idempotency-Replayed", first.headers)
        second = create_vacancy.sync_detailed(client=self.client, body=body, idempotency_key=key)
        self.assertEqual(second.headers["Idempotency-Replayed"], "true")
        self.assertEqual(second.parsed.id, first.parsed.id)
        other = like(self.open, reference="PY-2")
        refused = create_vacancy.sync(client=self.client, body=other, idempotency_key=key)
        self.assertEqual(refused.code, "idempotency_key_reused")

    def test_every_wrong_field_is_named_with_a_stable_code(self):
        body = like(self.open, reference="PY-3", title_en="", headcount=0, wage_min_minor=-1)
        refused = create_vacancy.sync_detailed(client=self.client, body=body)
        self.assertEqual(refused.status_code, HTTPStatus.UNPROCESSABLE_ENTITY)
        self.assertIsInstance(refused.parsed, Problem)
        wrong = sorted((field.pointer, field.code) for field in refused.parsed.errors)
        self.assertEqual(
            wrong, [("/headcount", "out_of_range"), ("/title_en", "required"), ("/wage_min_minor", "out_of_range")]
        )

    def test_a_parameter_out_of_its_limits_is_a_problem(self):
        refused = list_vacancies.sync_detailed(client=self.client, limit=0)
        self.assertEqual((refused.status_code, refused.parsed.code), (HTTPStatus.BAD_REQUEST, "bad_parameter"))
        self.assertEqual([field.pointer for field in refused.parsed.errors], ["limit"])

    def test_nobody_is_told_what_is_wrong_in_the_language_that_was_asked_for(self):
        stranger = AuthenticatedClient(base_url=BASE, token="blst_0")
        refused = get_me.sync_detailed(client=stranger, lang="en")
        self.assertEqual((refused.status_code, refused.parsed.code), (HTTPStatus.UNAUTHORIZED, "unauthenticated"))
        self.assertTrue(refused.parsed.title.isascii())


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(GeneratedClient)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    with open(sys.argv[1], "w", encoding="utf-8") as report:
        report.write(f"# pass {result.testsRun - failed - len(result.skipped)}\n# fail {failed}\n")
    sys.exit(failed > 0)
