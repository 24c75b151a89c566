// Where things are on the pages: routes, form fields and marks that the tests and the screenshots share, so that a page
// that moves is followed in one place. Words are matched only where a reader would look for them: in headings.

export const LANGUAGES = ["zh-CN", "en"];

export const WORDS = {
  "zh-CN": { shortlist: /合格/, verify: /待核实/, removed: /未列入/ },
  en: { shortlist: /qualified/i, verify: /to verify/i, removed: /not listed|removed/i },
};

const ONE_VACANCY = /^\/vacancies\/[^/?#]+$/;
const VACANCIES_TRIED_MAX = 12;

/** Opens the sign-in page in a language, fills in the form as a person would, and arrives at the home page. */
export async function signIn(page, base, language, { login, password }) {
  await page.goto(`${base}/sign-in?lang=${language}`);
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill(password);
  await page.locator('form:has(input[name="password"]) button').click();
  await page.waitForURL((url) => url.pathname === "/");
}

/** Follows the navigation to the list of vacancies. */
export async function goToVacancies(page) {
  await page.locator('a[href="/vacancies"], a[href^="/vacancies?"]').filter({ visible: true }).first().click();
  await page.waitForURL((url) => url.pathname === "/vacancies");
}

/** The paths of the vacancies that the open list links to, in its order. */
export async function listedVacancies(page) {
  const hrefs = await page.locator("main a[href]").evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
  return [...new Set(hrefs.filter((path) => ONE_VACANCY.test(path)))];
}

/** From the open list into one vacancy. */
export async function goToVacancy(page, path) {
  await page.locator(`main a[href="${path}"], main a[href^="${path}?"]`).first().click();
  await page.waitForURL((url) => url.pathname === path);
}

/** From the open vacancy to its shortlist. */
export async function goToShortlist(page, path) {
  await page.locator(`a[href^="${path}/shortlist"]`).filter({ visible: true }).first().click();
  await page.waitForURL((url) => url.pathname === `${path}/shortlist`);
}

/**
 * From the open list of vacancies to the first whose shortlist has qualified people, which is then open.
 * @returns {Promise<string>} the vacancy's path
 */
export async function findShortlist(page) {
  const paths = (await listedVacancies(page)).slice(0, VACANCIES_TRIED_MAX);
  for (const path of paths) {
    await goToVacancy(page, path);
    await goToShortlist(page, path);
    if ((await people(page)).length > 0) return path;
    await goToVacancies(page);
  }
  throw new Error(`none of the first ${paths.length} listed vacancies has qualified people`);
}

/**
 * The qualified people of the open shortlist, as printed: the score, the addends of the table twin, and its total.
 * @returns {Promise<{who: string, score: number, addends: number[], total: number, hasChart: boolean}[]>}
 */
export function people(page) {
  return page.locator("ol.people > li").evaluateAll((rows) => {
    // "1 / 1000" is one; a true minus sign counts as one; a cell without a number is NaN and fails the comparison.
    const number = (cell) => Number.parseInt((cell?.textContent ?? "").trim().replaceAll("\u2212", "-").replaceAll(",", ""), 10);
    const last = (row) => row.querySelector(":scope > :last-child");
    return rows.map((row) => {
      const chart = row.querySelector("svg.addends");
      return {
        who: row.querySelector("h3")?.textContent.trim() ?? "",
        score: number(row.querySelector(".score")),
        addends: [...row.querySelectorAll("details table tbody tr")].map((line) => number(last(line))),
        total: number(last(row.querySelector("details table tfoot tr"))),
        hasChart: chart?.getAttribute("role") === "img" && chart.querySelector("title") !== null,
      };
    });
  });
}
