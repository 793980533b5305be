# ruff: noqa: E501  (a question is a row)
"""Sixty questions: the plan of a caller that has no model, the right answer, and words that a right citation has.

Answers and words were written by people who read the two documents, not taken from the graph. Plans, each a call or two:

- ("statistic", entity, indicator): the numbers, each with its date
- ("date", entity, property) and ("said", entity, property): what stands in dates, or is said of an entity
- ("objects", entity, property) and ("subjects", entity, property): who stands at the other end of a relation
- ("then", plan, step, property or indicator): the same, asked of each answer of a plan
- ("count", plan): how many answers a plan has
- ("path", start, goal): the entities on the shortest path
- ("rows", saved query, parameters, columns): cells of the rows
- ("sparql", text, column)
- ("dispute", entity, kind): what the curators hold against what is printed, by name and outcome
- ("holds", subject, property, object)
- ("quotation", words): exact, folded or absent
- ("outcome", tool, arguments): what is said where there is nothing
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Plan = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a kind; `right` are the answers in any order, `words` what its citations must have."""

    kind: str
    asks: str
    plan: Plan
    right: tuple[str, ...]
    words: tuple[str, ...] = ()


ALLIANCE, ASSOCIATION = "gba-blockchain-alliance", "guangzhou-blockchain-industry-association"
CENTRE, VALLEY, ANTMI = (
    "guangzhou-blockchain-international-innovation-center", "e-valley-blockchain-incubator", "Antmi Space",
)  # fmt: skip
FOUNDERS = (
    "Guangzhou Blockchain Industry Association", "Hong Kong Blockchain Industry Association", "University of Macau",
)  # fmt: skip


def _lookup(asks: str, plan: Plan, right: tuple[str, ...], *words: str) -> Question:
    return Question("lookup", asks, plan, right, words)


def _hops(asks: str, plan: Plan, right: tuple[str, ...], *words: str) -> Question:
    return Question("several hops", asks, plan, right, words)


def _count(asks: str, plan: Plan, right: str, *words: str) -> Question:
    return Question("counting", asks, plan, (right,), words)


def _date(asks: str, plan: Plan, right: tuple[str, ...], *words: str) -> Question:
    return Question("dates", asks, plan, right, words)


def _contradiction(asks: str, plan: Plan, right: tuple[str, ...], *words: str) -> Question:
    return Question("contradiction", asks, plan, right, words)


def _nothing(asks: str, plan: Plan, right: str) -> Question:
    return Question("not stated", asks, plan, (right,))


QUESTIONS = (
    # ---- Lookup
    _lookup("Who founded the alliance of the Greater Bay Area?", ("objects", ALLIANCE, "founded by"), FOUNDERS,
            "jointly created by the Guangzhou Blockchain Industry Association", "and the University of Macau"),
    _lookup("Who operates Antmi Space?", ("objects", ANTMI, "operated by"), ("Guangzhou Antmi Incubator Co., Ltd.",),
            "Antmi Space is operated by Guangzhou Antmi Incubator Co., Ltd."),
    _lookup("How large is the land of the innovation centre?", ("statistic", CENTRE, "land area"),
            ("15,104 square metres; no date",), "covering an area of 15,104 square meters"),
    _lookup("How many firms are in the innovation centre?", ("statistic", CENTRE, "resident companies"),
            ("53 companies; no date, 'At present'",), "the park has 53 companies"),
    _lookup("What share of it is let?", ("statistic", CENTRE, "occupancy rate"), ("more than 60%; no date, 'At present'",),
            "the occupancy rate has exceeded 60%"),
    _lookup("What bonus does Shenzhen pay?", ("statistic", "shenzhen-bonus", "maximum bonus"),
            ("at most 6 million yuan; no date",), "doles out as much as RMB 6 million in bonus"),
    _lookup("Who guides the trade finance platform?", ("objects", "trade-finance-platform", "guided by"),
            ("People's Bank of China",), "shepherded by the People’s Bank of China"),
    _lookup("Which authority issued the order on financial technologies?", ("objects", "state-council-order", "issued by"),
            ("State Council",), "The State Council, China’s cabinet,issued an order"),
    _lookup("Who wrote the report?", ("objects", "guangzhou-park-report", "authored by"), ("Zhao Jing",),
            "Author: Zhao Jing"),
    _lookup("Whose joint venture runs the innovation centre?",
            ("objects", "patek-zhongchuang-joint-venture", "joint venture of"), ("Patek", "Zhongchuang Incubator"),
            "The joint venture between Patek and Zhongchuang Incubator"),
    # ---- Several hops
    _hops("Where are the headquarters of the alliance that the University of Macau co-founded?",
          ("then", ("subjects", "University of Macau", "founded by"), "objects", "headquartered in"),
          ("Guangzhou Development Zone", "Huangpu District"),
          "The headquarters of the alliance is located in Huangpu District"),
    _hops("When was the alliance founded that the University of Macau co-founded?",
          ("then", ("subjects", "University of Macau", "founded by"), "date", "founded on"), ("founded on 2018-11-09",),
          "On November 9, 2018, the Guangdong-Hong Kong-Macao Greater Bay Area Blockchain Alliance"),
    _hops("Who initiated the association that co-founded the alliance?",
          ("then", ("objects", ALLIANCE, "founded by"), "objects", "initiated by"),
          ("Guangzhou Boao Zongheng Network Technology Co., Ltd.",
           "Guangzhou High-tech Zone Technology Holdings Group Co., Ltd.",
           "Guangzhou Opto-Mechanical and Electrical Technology Research Institute"),
          "Guangzhou High-tech Zone Technology Holdings Group Co., Ltd."),
    _hops("In which cities that are part of the Greater Bay Area do Guangdong's startups gather?",
          ("objects", "guangdong-blockchain-startups", "concentrated in"),
          ("Dongguan", "Foshan", "Guangzhou", "Shenzhen", "Zhuhai"),
          "Guangzhou, Shenzhen, Dongguan, Foshan and Zhuhai"),
    _hops("Of which companies is the operator of the innovation centre a joint venture?",
          ("then", ("objects", CENTRE, "operated by"), "objects", "joint venture of"), ("Patek", "Zhongchuang Incubator"),
          "The joint venture between Patek and Zhongchuang Incubator"),
    _hops("How is the University of Macau joined to Patek?", ("path", "University of Macau", "Patek"),
          ("University of Macau", "Guangdong-Hong Kong-Macao Greater Bay Area Blockchain Alliance", "Huangpu District",
           "Guangzhou Blockchain International Innovation Center", "Patek"),
          "jointly established by Patek and Huangpu District Government", "and the University of Macau"),
    _hops("Does Antmi Space lie in China?", ("holds", ANTMI, "located in", "China"), ("inferred",),
          "part of China’s Greater Bay Area"),
    _hops("Which parks are the report's cases, and who operates them?",
          ("then", ("objects", "guangzhou-park-report", "has case"), "objects", "operated by"),
          ("Guangzhou Antmi Incubator Co., Ltd.", "Joint venture of Patek and Zhongchuang Incubator"),
          "Antmi Space is operated by", "is responsible for the operation of the park"),
    _hops("What is the address of the park in which Antmi Space lies?",
          ("then", ("objects", ANTMI, "located in"), "objects", "has address"), ("31 Guangshan Third Road",),
          "No. 31 Guangshan Third Road"),
    _hops("Which policies are open to tenants of the park that Patek established?",
          ("then", ("subjects", "Patek", "established by"), "subjects", "open to tenants of"),
          ("10 Blockchain (Version 1.0)", "Detailed Rules for Accelerating the Leading of the Blockchain Industry (Version 2.0)",
           "Gold Inlaid Series Policy", "Implementation Measures for Hong Kong and Macao Youth Innovation and Entrepreneurship"),
          "resident companies can enjoy"),
    # ---- Counting
    _count("How many founders has the alliance?", ("count", ("objects", ALLIANCE, "founded by")), "3",
           "jointly created by"),
    _count("How many cases has the report?", ("count", ("objects", "guangzhou-park-report", "has case")), "3",
           "Cases of Guangzhou Blockchain Industrial Park"),
    _count("How many carriers has Huangpu built?", ("count", ("objects", "Huangpu District", "has built")), "4",
           "The four major carriers"),
    _count("How many units initiated the association?", ("statistic", ASSOCIATION, "initiating units"),
           "16 organizations; no date", "initiated by 16 units"),
    _count("How many of these are named?", ("count", ("objects", ASSOCIATION, "initiated by")), "3",
           "Guangzhou Opto-Mechanical and Electrical Technology Research Institute"),
    _count("How many zones make up the Guangzhou Development Zone?",
           ("count", ("subjects", "guangzhou-development-zone", "part of")), "4", "Guangzhou Export Processing Zone"),
    _count("How many policies are open to tenants of the innovation centre?",
           ("count", ("subjects", CENTRE, "open to tenants of")), "4", "resident companies can enjoy"),
    _count("How many blockchain parks has the country?", ("statistic", "China", "blockchain industrial parks"),
           "35 parks; no date, 'as of now'", "there are 35 blockchain industrial parks in the country"),
    _count("For how many places is a number of blockchain parks given?",
           ("sparql", "SELECT (COUNT(DISTINCT ?place) AS ?n) { ?c gbkg:indicator gbkg:blockchainIndustrialParks ; "
            "gbkg:about ?place }", "n"), "5", "Shanghai and Hangzhou each have four"),
    _count("In how many fields do Foshan's policies support?", ("statistic", "foshan-supportive-policies", "areas of support"),
           "9 areas of support; no date", "supportive policies covering 9 areas"),
    # ---- Dates
    _date("When was the association founded?", ("date", ASSOCIATION, "founded on"), ("founded on 2017-07-28",),
          "On July 28, 2017, Guangzhou Blockchain Industry Association"),
    _date("When was the alliance founded?", ("date", ALLIANCE, "founded on"), ("founded on 2018-11-09",),
          "On November 9, 2018"),
    _date("When did the e Valley incubator settle in Huangpu?", ("date", VALLEY, "settled on"), ("settled on 2017-09-04",),
          "settled in Huangpu, Guangzhou on September 4, 2017"),
    _date("When was the IAB plan announced?", ("date", "iab-plan", "announced on"), ("announced on 2017-03",),
          "In March 2017, Guangzhou announced the development plan of IAB"),
    _date("In which year was IMI launched?", ("date", "imi", "launched on"), ("launched on --06 (no year)",),
          "Intelligent Multifunctional Identity (IMI) in June"),
    _date("When did the trade finance platform begin its pilot?", ("date", "trade-finance-platform", "pilot started on"),
          ("pilot started on --09 (no year)",), "has started official pilot operations in Shenzhen in early September"),
    _date("When was the order issued?", ("date", "state-council-order", "issued on"), ("issued on --05 (no year)",),
          "issued an order in May"),
    _date("Of when is Guangdong's number of blockchain firms?", ("statistic", "Guangdong", "blockchain companies"),
          ("11,022 companies; --09 (no year)",), "As of September, the province is home to 11,022 blockchain firms"),
    _date("Of when are the nearly 300 companies gathered in Huangpu?",
          ("statistic", "huangpu-and-development-zone", "blockchain companies gathered"), ("nearly 300 companies; 2019-10",),
          "As of October 2019"),
    _date("When did the Political Bureau hold its eighteenth collective learning?",
          ("date", "eighteenth-collective-learning", "occurred on"), ("occurred on --10-24 (no year)",),
          "on October 24 this year"),
    # ---- Contradiction
    _contradiction("At which rates does the article convert yuan?", ("dispute", "guangzhou-annual-spending", "inconsistency"),
                   ("cur:inconsistency-two-exchange-rates",), "about $1.39 trillion", "$29.1 million"),
    _contradiction("What is misprinted in the case of the innovation centre, and what is meant?", ("dispute", CENTRE, "correction"),
                   ("cur:correction-gbiic-building-area: 61,307.3 square meters", "cur:correction-gbiic-buildings-a-and-b: A and B"),
                   "6,1307.3 square meters", "The two buildings, B and B"),
    _contradiction("One platform or three?", ("dispute", ASSOCIATION, "inconsistency"),
                   ("cur:inconsistency-one-platform-three-listed",), "four bases and one platform",
                   "the blockchain industry service platform"),
    _contradiction("How many blockchain firms has Guangzhou, how many the whole province?",
                   ("rows", "statistics-by-indicator", {"indicator": "blockchain companies"}, ("thing", "printed")),
                   ("Guangdong 11,022", "Guangzhou 13,723", "Huangpu District 1,699", "Tianhe District 5,341", "Zhejiang 1,083"),
                   "the total number of blockchain companies reached 13,723", "home to 11,022 blockchain firms"),
    _contradiction("Is the maker space the crowd-creation space of the innovation base?", ("dispute", ANTMI, "identity"),
                   ("cur:identity-crowd-space-and-antmi: unsure",)),
    _contradiction("Is the 6,000 square metres of Antmi Space ground or floor?", ("dispute", ANTMI, "ambiguity"),
                   ("cur:ambiguity-antmi-fund", "cur:ambiguity-ground-or-floor", "cur:ambiguity-open-source-community"),
                   "covering an area of 6000 square meters", "It covers an area of 20,000 square meters"),
    _contradiction("Does the report say that the alliance was founded by Patek?", ("holds", ALLIANCE, "founded by", "Patek"),
                   ("does not hold",)),
    _contradiction("What is meant by Chongchuang Space?", ("dispute", ANTMI, "correction"),
                   ("cur:correction-chongchuang: Antmi Blockchain Zhongchuang Space",
                    "cur:correction-road-performance-area: roadshow area"), "Antmi Blockchain Chongchuang Space"),
    _contradiction("Does the report say “rank second in the nation”?", ("quotation", "the number making it rank second"),
                   ("absent",)),
    _contradiction("Is the quotation “South China's Guangdong province” right?",
                   ("quotation", "South China's Guangdong province, the largest provincial economy"), ("folded",),
                   "South China’s Guangdong province, the largest provincial economy"),
    # ---- Not stated
    _nothing("When was Patek founded?", ("outcome", "entity", {"name": "Patek", "groups": ["Dates"]}), "not stated"),
    _nothing("Of what is the University of Macau a member?",
             ("outcome", "relations", {"name": "University of Macau", "relations": ["member of"]}), "not stated"),
    _nothing("Who backs the blockchain industry fund?",
             ("outcome", "relations", {"name": "guangzhou-blockchain-industry-fund", "relations": ["founded by"]}),
             "not stated"),
    _nothing("How many employees has Antmi Holdings?",
             ("outcome", "entity", {"name": "Antmi Holdings", "groups": ["Statistics"]}), "not stated"),
    _nothing("What does the Bubby institute's opening date say?",
             ("outcome", "entity", {"name": "bubby-blockchain-research-institute", "groups": ["Dates"]}), "not stated"),
    _nothing("Who founded the alliance together with Shenzhen?",
             ("outcome", "ask_saved", {"action": "run", "name": "alliance-founders", "parameters": {"founder": "Shenzhen"}}),
             "not stated"),
    _nothing("What do the sources say on Ethereum mining?", ("outcome", "search", {"query": "Ethereum mining"}),
             "outside the sources"),
    _nothing("Who runs the Eiffel Tower?", ("outcome", "entity", {"name": "Eiffel Tower"}), "outside the sources"),
    _nothing("What is said of Guangzhu?", ("outcome", "entity", {"name": "Guangzhu"}), "unknown name"),
    _nothing("Does any entity have a gbkg:foundedBi?",
             ("outcome", "sparql", {"query": "SELECT ?x ?y { ?x gbkg:foundedBi ?y }"}), "unknown name"),
)  # fmt: skip
