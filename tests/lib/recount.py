#!/usr/bin/python3
"""recount.py NAT ARA BFC ...: the figures of aggregat/ counted again, from the YAML at each clone's head and by the definitions alone.

NAT is the national clone, whose refs/maillage/collectifs/CODE are what the hub had received. Shares no code with the program: it reads
records with a general YAML reader and the tables with a general CSV reader. Says each figure that differs; exits with 1 when one does."""
import csv, hashlib, io, json, statistics, subprocess, sys
import yaml

NAT, CODES = sys.argv[1], sys.argv[2:]
ENVELOPE = "schema id collectif etat visibilite licence contributions".split()
JOINS, AGAINST = {"meme", "converge", "transpose", "generalise"}, {"nuance", "contredit"}
wrong = 0


def git(*args):
    return subprocess.run(["git", "-C", NAT, *args], capture_output=True, text=True, check=True).stdout


class Text(yaml.SafeLoader):
    """Every scalar is its text, as the schemas have it."""


Text.yaml_implicit_resolvers = {}


def records(ref, commit=None):
    for path in git("ls-tree", "-r", "--name-only", ref).split("\n"):
        if path.endswith(".yaml") and not path.startswith(("schema/", "conflits/", "aggregat/", ".vscode")) and path != "collectifs.yaml":
            yield path, yaml.load(git("show", f"{ref}:{path}"), Text)


def fingerprint(r):
    kept = {k: v for k, v in r.items() if k not in ENVELOPE and not k.startswith("cree_")}
    return "sha256:" + hashlib.sha256(json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def table(path):
    """All parts of a table, from main."""
    rows = []
    for name in git("ls-tree", "-r", "--name-only", "main", "aggregat/").split("\n"):
        if name == f"aggregat/{path}.csv" or (name.startswith(f"aggregat/{path}/") and name.endswith(".csv")):
            rows += csv.DictReader(io.StringIO(git("show", f"main:{name}"), newline=""))
    return rows


def same(what, counted, said):
    global wrong
    if counted != said:
        wrong += 1
        print(f"{what}: counted {counted!r}, aggregat/ says {said!r}")


def cell(names):
    return "; ".join(sorted(set(names)))


# --- what there is
refs = {c: f"refs/maillage/collectifs/{c}" for c in CODES} | {"nat": "main"}
all_records, history = {}, {}
for code, ref in refs.items():
    for path, r in records(ref):
        all_records[r["id"]] = r | {"_code": code, "_path": path}
as_of = yaml.load(git("show", "main:aggregat/sources.lock"), Text)["arrete_au"]
visible = {i: r for i, r in all_records.items() if r["visibilite"] in ("reseau", "public")}
shared = {i: r for i, r in visible.items() if r["etat"] == "partage"}
kind = lambda pool, prefix: {i: r for i, r in pool.items() if i.startswith(prefix + "-")}


def last_validated(r):
    """The newest version whose fingerprint a validation of its own collective names."""
    prints = {a["cible_empreinte"] for a in kind(all_records, "avi").values()
              if a["_code"] == r["_code"] and a["cible"] == r["id"] and a["nature"] == "validation" and a["portee"] == "collectif"}
    for commit in git("log", "--format=%H", refs[r["_code"]], "--", r["_path"]).split():
        old = yaml.load(git("show", f"{commit}:{r['_path']}"), Text)
        if fingerprint(old) in prints:
            return old | {"_code": r["_code"], "_print": fingerprint(old)}
    return None


lessons = {i: v for i, r in kind(shared, "ens").items() if r["_code"] != "nat" and (v := last_validated(r))}
same("lessons", sorted(lessons), sorted(r["id"] for r in table("enseignements")))
for row in table("enseignements"):
    l = lessons[row["id"]]
    same(f"{row['id']} text", l["enonce"].rstrip("\n"), row["enonce"])
    same(f"{row['id']} fingerprint", l["_print"], row["empreinte"])

# --- coverage
concepts = {i: c for i, c in kind(visible, "con").items() if c["_code"] == "nat"}


def in_use(i):
    while i in concepts and concepts[i].get("deprecie_pour"):
        i = concepts[i]["deprecie_pour"]
    return i if i in concepts and concepts[i]["etat"] in ("propose", "valide", "partage") and concepts[i]["registre"] == "theme" else None


def columns(r):
    todo, top = [in_use(t) for t in r.get("themes") or []], set()
    while todo:
        i = todo.pop()
        wider = [w for w in map(in_use, concepts[i].get("plus_large") or []) if w] if i else []
        top |= {i} if i and not wider else set()
        todo += wider
    return top


cycles = [c for c in kind(visible, "cyc").values() if c["debut"] <= as_of and c.get("fin", "9") >= as_of]
for row in table("couverture"):
    here = [l for l in lessons.values() if l["_code"] == row["collectif"] and row["theme"] in columns(l)]
    work = [r for r in visible.values() if r["id"][:3] in ("bou", "pra", "mat", "ens") and r["id"] not in lessons and r["_code"] == row["collectif"]
            and r["etat"] not in ("remplace", "archive", "retire") and row["theme"] in columns(r)]
    enrolled = any(in_use(g["concept"]) == row["theme"] and row["collectif"] in (g.get("collectifs") or []) for c in cycles for g in c.get("groupes") or [])
    state = ("plein" if any(l.get("a_revoir_le", "9") >= as_of for l in here) else "ancien") if here else \
        "en_cours" if work else "vide" if enrolled else "hors_champ"
    newest = max([l.get("observe_fin") or l.get("observe_debut") or l["cree_le"] for l in here], default="")
    same(f"coverage {row['collectif']} {row['theme']}", [state, str(len(here)), newest, str(len(work))],
         [row["etat"], row["nombre"], row["derniere"], row["en_cours"]])

# --- groups, agreement
links = [c for c in kind(shared, "cro").values() if c["de"]["ref"] in lessons and c["vers"]["ref"] in lessons]
holds = [c for c in links if all(lessons[c[e]["ref"]]["_print"] == c[e]["empreinte"] for e in ("de", "vers"))]
near = {i: {c[b]["ref"] for c in holds for a, b in (("de", "vers"), ("vers", "de")) if c["relation"] in JOINS and c[a]["ref"] == i} for i in lessons}
left, groups = set(lessons), []
while left:
    group, todo = set(), [min(left)]
    while todo:
        i = todo.pop()
        if i not in group:
            group.add(i)
            todo += near[i]
    left -= group
    groups.append(group)
rows = {r["grappe"]: r for r in table("grappes")}
same("groups", sorted(map(min, groups)), sorted(rows))
who = lambda ids: {lessons[i]["_code"] for i in ids}
for group in groups:
    row = rows[min(group)]
    same(f"{min(group)} members", cell(group), row["membres"])
    core = set(row["noyau"].split("; "))
    same(f"{min(group)} core is linked two by two", True, all(b in near[a] for a in core for b in core if a != b))
    same(f"{min(group)} nobody can join the core", [], [i for i in group - core if all(c in near[i] for c in core)])
    qualify = {c["de"]["ref"] for c in holds if c["relation"] == "nuance" and c["vers"]["ref"] in group and c["de"]["ref"] != c["vers"]["ref"]}
    against = {c[a]["ref"] for c in holds if c["relation"] == "contredit" for a, b in (("de", "vers"), ("vers", "de"))
               if c[b]["ref"] in group and (c[a]["ref"] not in group or a == "de")}
    same(f"{min(group)} sides", [cell(who(core)), cell(who(qualify)), cell(who(against))], [row["pour"], row["nuancent"], row["contredisent"]])
    n, m = len(who(core)), len(who(against))
    accord = "convergence" if n >= 3 and not m else "divergence" if m and n < 2 * m and m < 2 * n else "partielle" if n >= 2 else "singulier"
    same(f"{min(group)} agreement", accord, row["accord"])

# --- divergences
said = {r["lien"]: r for r in table("divergences") if r["type"] == "lien"}
same("divergences", sorted(c["id"] for c in links if c["relation"] in AGAINST), sorted(said))
for c in links:
    if c["relation"] in AGAINST:
        same(f"{c['id']}", [c["de"]["ref"], c["vers"]["ref"], (c.get("difference_contexte") or "").rstrip("\n"), "en_vigueur" if c in holds else "a_revoir"],
             [said[c["id"]][k] for k in ("id_de", "id_vers", "difference_contexte", "etat")])
same("internal dissent", sorted(d["texte"].rstrip("\n") for l in lessons.values() for d in l.get("desaccords") or []),
     sorted(r["argument"] for r in table("divergences") if r["type"] == "interne"))

# --- evidence, maturity, uptake
gone = lambda r: r["etat"] == "retire" or (r.get("consentement") or {}).get("statut") == "retire"
for row in table("preuves"):
    l, natures = lessons[row["id"]], []
    for a in l.get("appuis") or []:
        r = all_records.get(a["id"])
        if r and not gone(r):
            natures.append(r.get("nature") if a["id"].startswith("mat") else a["id"][:3])
    c = l.get("confiance") or {}
    same(f"{row['id']} evidence", [str(len(set(natures))), *(c.get(k, "") for k in ("globale", "methode", "coherence", "suffisance", "pertinence"))],
         [row[k] for k in ("natures", "globale", "methode", "coherence", "suffisance", "pertinence")])
uses = [(a, p["ref"]) for a in kind(shared, "app").values() for p in a["enseignements"]]
same("uptakes", sorted((a["id"], i) for a, i in uses if i in lessons), sorted((r["id"], r["enseignement"]) for r in table("appropriations") if r["enseignement"]))
for row in table("maturite"):
    i = row["id"]
    other = [c for c in holds if lessons[c["de"]["ref"]]["_code"] != lessons[c["vers"]["ref"]]["_code"]]
    tested = [lessons[c["de"]["ref"]]["_code"] for c in other if c["relation"] == "transpose" and c["vers"]["ref"] == i]
    disputed = [lessons[c[b]["ref"]]["_code"] for c in other if c["relation"] == "contredit" for a, b in (("de", "vers"), ("vers", "de")) if c[a]["ref"] == i]
    mine = [a for a, ref in uses if ref == i]
    taken = [a for a in mine if a.get("issue") in ("adopte", "adapte")]
    says = "remis_en_cause" if disputed or any(a.get("issue") == "ecarte" for a in mine) else \
        "approprie" if any(a.get("effet_observe") for a in taken) else "eprouve_ailleurs" if tested else ""
    says = "" if says == lessons[i].get("maturite") or (lessons[i].get("maturite"), says) == ("approprie", "eprouve_ailleurs") else says
    admitted = max([a["date"] for a in kind(shared, "avi").values() if a["_code"] == "nat" and a["cible"] == i and a["nature"] == "validation"
                    and a["portee"] == "national" and a["cible_empreinte"] == lessons[i]["_print"]], default="")
    same(f"{i} maturity", [cell(tested), cell(a["_code"] for a in mine), cell(disputed), str(len(taken)), says, admitted],
         [row[k] for k in ("eprouve_par", "utilise_par", "contredit_par", "adoptes", "maturite_proposee", "admis_le")])

# --- saturation, health, vocabulary, indicators
for row in table("saturation"):
    on = sorted((l.get("observe_fin") or l.get("observe_debut") or l["cree_le"], i) for i, l in lessons.items() if row["theme"] in columns(l))
    of = [min(next(g for g in groups if i in g)) for _, i in on]
    same(f"saturation {row['theme']}", [str(len(on)), str(len(set(of[:4]))) if len(on) >= 7 else "", str(len(set(of[-3:]) - set(of[:-3]))) if len(on) >= 7 else ""],
         [row["enseignements"], row["grappes_base"], row["grappes_nouvelles"]])
for row in table("sante"):
    mine = [r for r in visible.values() if r["_code"] == row["collectif"]]
    same(f"health {row['collectif']}", [git("log", "-1", "--format=%cs", refs[row["collectif"]]).strip()] + [str(sum(r["etat"] == e for r in mine)) for e in ("propose", "valide", "partage", "retire")],
         [row["dernier_recu"]] + [row[e] for e in ("propose", "valide", "partage", "retire")])
for row in table("vocabulaire"):
    n = sum(row["concept"] in (r.get(k) or []) for r in visible.values() if r["etat"] not in ("remplace", "archive", "retire")
            for k in ("themes", "competences", "dispositifs", "methodes")) + \
        sum(r.get("methode") == row["concept"] and r["id"].startswith("mat") for r in visible.values() if r["etat"] not in ("remplace", "archive", "retire"))
    c = concepts.get(row["concept"])
    state = "inconnu" if not c else "deprecie" if c.get("deprecie_pour") else "ecarte" if c["etat"] in ("remplace", "archive", "retire") else "en_usage" if n else "inutilise"
    same(f"vocabulary {row['concept']}", [state, str(n), (c or {}).get("deprecie_pour", "")], [row["etat"], row["usages"], row["remplace_par"]])
of = {(r["indicateur"], r["portee"], r["detail"]): r for r in table("indicateurs")}
part = lambda name, good: same(name, [str(sum(map(bool, good))), str(len(good))], [of[name, "reseau", ""]["numerateur"], of[name, "reseau", ""]["denominateur"]])
part("echecs_et_surprises", [l["sens"] in ("echec", "mixte", "surprise") for l in lessons.values()])
part("limites_declarees", [l.get("limites") for l in lessons.values()])
part("revues_depassees", [l.get("a_revoir_le", "9") < as_of for l in lessons.values()])
part("eprouves_ailleurs", [any(c["relation"] == "transpose" and c["vers"]["ref"] == i for c in holds) for i in lessons])
themes = {r["theme"] for r in table("couverture")}
part("themes_couverts", [len({l["_code"] for l in lessons.values() if t in columns(l)}) >= 3 for t in themes])
print(f"# {len(all_records)} records, {len(lessons)} lessons, {len(groups)} groups, {len(table('couverture'))} cells; differences: {wrong}")
sys.exit(wrong > 0)
