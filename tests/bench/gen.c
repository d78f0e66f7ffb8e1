#include "gen.h"
#include "kit.h"

#include <stdio.h>

static const char alphabet[] = "23456789abcdefghjkmnpqrstuvwxyz";
#define LETTERS 31u
#define IDS 852891037441u /* 31^8 */

/* splitmix64 (Steele, Lea, Flood 2014) */
uint64_t gen_number(uint64_t seed, uint64_t i)
{
	uint64_t z = seed * 0x2545F4914F6CDD1Du + (i + 1) * 0x9E3779B97F4A7C15u;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

void gen_id(char out[GEN_ID], const char *prefix, const char *code, uint64_t i)
{
	uint64_t x = (i % IDS) * 2654435761u % IDS; /* prime to 31: no id twice */
	int n = snprintf(out, GEN_ID, "%s-%s-", prefix, code);
	for (int k = 0; k < 8; k++, x /= LETTERS)
		out[n + k] = alphabet[x % LETTERS];
	out[n + 8] = 0;
}

void gen_path(char out[GEN_PATH], const char *folder, const char *id)
{
	const char *last = id;
	for (const char *s = id; *s; s++)
		if (*s == '-')
			last = s + 1;
	snprintf(out, GEN_PATH, "%s/%.2s/%s.yaml", folder, last, id);
}

static const char *pick(const char *const *from, size_t n, uint64_t *x)
{
	const char *s = from[*x % n];
	*x = gen_number(*x, n);
	return s;
}
#define PICK(list) pick(list, sizeof(list) / sizeof *(list), &x)

static const char *const who[] = { "les habitants", "les élus", "les agents", "les formateurs", "les associations", "les bénévoles",
				   "les voisins", "les techniciens" };
static const char *const what[] = { "préparent ensemble la première réunion", "se partagent le relevé des présences",
				    "visitent les deux quartiers avant de décider", "écrivent le compte rendu à plusieurs mains",
				    "tirent au sort les porte-parole", "relisent le budget ligne à ligne",
				    "accueillent ceux qui n'étaient pas invités", "notent ce qui reste à éprouver" };
static const char *const when[] = { "dès le premier mois", "pendant l'hiver", "au bout d'un an", "avant chaque comité",
				    "à chaque séance", "après la visite", "une fois par trimestre" };
static const char *const theme[] = { "con-formation", "con-participation", "con-cooperation", "con-innovation", "con-representation" };
static const char *const sens[] = { "reussite", "echec", "mixte", "surprise" };

static void sentence(struct buf *out, uint64_t x)
{
	const char *subject = PICK(who), *verb = PICK(what), *time = PICK(when);
	buf_printf(out, "Quand %s %s %s, le groupe tient mieux.", subject, verb, time);
}

void gen_lesson(struct buf *out, const struct gen_record *r)
{
	char id[GEN_ID];
	uint64_t x = gen_number(BENCH_SEED, r->i), y = gen_number(BENCH_SEED + 1 + r->round, r->i);
	const char *t1 = theme[x % 5], *t2 = theme[(x + 1) % 5];
	gen_id(id, "ens", r->code, r->i);
	buf_printf(out, "schema: enseignement/1\nid: %s\ncollectif: %s\nlangue: fr\ntitre: \"%s %s", id, r->code,
		   when[x / 5 % 7], what[x / 40 % 8]);
	if (r->edit & (GEN_A | GEN_SAME))
		buf_printf(out, ", %s %u", r->edit & GEN_A ? "relu" : "repris", (unsigned)(y % 1000));
	buf_printf(out, "\"\netat: %s\nvisibilite: reseau\nlicence: cc-by-sa-4.0\nthemes:\n  - %s\n  - %s\n", r->etat, t1, t2);
	buf_printf(out, "territoires:\n  - \"EPCI-%09u\"\ncycle: cyc-nat-2018\ncree_le: \"2018-%02u-%02u\"\n", (unsigned)(x % 1000000000u),
		   (unsigned)(1 + x % 12), (unsigned)(1 + x / 12 % 28));
	buf_printf(out, "cree_par: act-%s-3p4q5r6s\nenonce: |-\n  ", r->code);
	sentence(out, x + 1);
	buf_puts(out, "\ncontexte: |-\n  ");
	sentence(out, x + 2);
	buf_puts(out, "\n  ");
	sentence(out, x + 3);
	buf_puts(out, "\neffet: |-\n  ");
	sentence(out, r->edit & GEN_B ? y : x + 4);
	buf_printf(out, "\nsens: %s\nconditions:\n  - id: c1\n    texte: \"", sens[x % 4]);
	sentence(out, x + 5);
	buf_puts(out, "\"\n  - id: c2\n    texte: \"");
	sentence(out, x + 6);
	buf_puts(out, "\"\n");
	if (r->edit & GEN_B)
		buf_puts(out, "  - id: c3\n    texte: \"Une garderie est ouverte.\"\n");
	buf_puts(out, "publics:\n  - elus\n  - formateurs\nmaturite: identifie\nobserve_debut: \"2016-09-01\"\n");
}
