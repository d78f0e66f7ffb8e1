#include "leaf.h"

#include <math.h>
#include <string.h>

#include "decimal.h"

/* --- any value ---------------------------------------------------------------------------------------------------- */

static const char *type_name(enum val_type t)
{
	static const char *const names[] = { N_("rien (null)"),
					     N_("vrai ou faux"),
					     N_("un nombre entier"),
					     N_("un nombre"),
					     N_("un texte"),
					     N_("une liste"),
					     N_("un ensemble de champs « nom: valeur »") };
	return _(names[t]);
}

static bool check_type(struct run *r, const struct check *c, const struct spot *at)
{
	const struct val *v = at->v;
	if (T(v->type) & c->types)
		return true;
	if (v->type == VAL_NUM && (c->types & T(VAL_INT)) && v->num == floor(v->num))
		return true;
	if (!r->out)
		return false;
	struct buf b = BUF_INIT;
	for (int t = VAL_NULL; t <= VAL_MAP; t++)
		if ((c->types & T(t)) && !(t == VAL_INT && (c->types & T(VAL_NUM))))
			buf_printf(&b, "%s%s", b.n ? _(" ou ") : "", type_name((enum val_type)t));
	char wanted[256], one[SHOWN];
	size_t n = b.n < sizeof wanted ? b.n : sizeof wanted - 1;
	memcpy(wanted, buf_str(&b), n);
	wanted[n] = 0;
	buf_free(&b);
	if (v->raw && !*v->raw)
		return run_fault(r, at, "type", _("rien n'est écrit ici ; attendu : %s ; écrivez la valeur, ou enlevez le champ"), wanted);
	if (c->types == T(VAL_STR) && v->raw)
		return run_fault(r, at, "type",
				 _("%s se lit comme %s ; attendu : %s ; mettez la valeur entre guillemets"),
				 run_show(one, v), type_name(v->type), wanted);
	if (c->types == T(VAL_LIST))
		return run_fault(r, at, "type",
				 _("la valeur est %s ; attendu : %s ; mettez chaque élément sur sa ligne, derrière « - » et un espace, ou tous entre crochets : [a, b]"),
				 type_name(v->type), wanted);
	if (c->types == T(VAL_MAP))
		return run_fault(r, at, "type",
				 _("la valeur est %s ; attendu : %s ; mettez chaque champ sur sa ligne, en dessous, décalé de deux espaces"),
				 type_name(v->type), wanted);
	return run_fault(r, at, "type", _("la valeur est %s ; attendu : %s"), type_name(v->type), wanted);
}

static bool check_enum(struct run *r, const struct check *c, const struct spot *at)
{
	if (!run_spend(r, c->arg->list.n))
		return false;
	for (size_t i = 0; i < c->arg->list.n; i++)
		if (val_equal(c->arg->list.at[i], at->v))
			return true;
	char one[SHOWN], all[SHOWN_LIST];
	if (r->newer && !r->exact && at->v->type == VAL_STR) {
		if (r->out)
			run_warn(r, at, "vocabulary",
				 _("%s n'est pas encore dans le vocabulaire d'ici ; gardé tel quel, en attendant le schéma plus récent"),
				 run_show(one, at->v));
		return true;
	}
	return r->out && run_fault(r, at, "enum", _("%s n'est pas une valeur permise ; attendu : %s"),
				   run_show(one, at->v), run_show_list(all, c->arg));
}

static bool check_const(struct run *r, const struct check *c, const struct spot *at)
{
	char one[SHOWN], only[SHOWN];
	return val_equal(c->arg, at->v) ||
	       (r->out && run_fault(r, at, "const", _("%s n'est pas permis ; la seule valeur possible est %s"),
				    run_show(one, at->v), run_show(only, c->arg)));
}

/* --- texts -------------------------------------------------------------------------------------------------------- */

/* As RFC 8259 counts a string's: code points, whatever room they take on a screen. */
static size_t characters(const struct val *v)
{
	size_t n = 0;
	for (size_t i = 0; i < v->str.n; i++)
		n += ((unsigned char)v->str.at[i] & 0xC0) != 0x80;
	return n;
}

static bool check_length(struct run *r, const struct check *c, const struct spot *at)
{
	if (!run_spend(r, at->v->str.n / 32))
		return false;
	size_t n = characters(at->v);
	bool least = c->kw == KW_MIN_LENGTH;
	if (least ? n >= c->count : n <= c->count)
		return true;
	if (!n)
		return run_fault(r, at, "minLength", _("le texte est vide"));
	return run_fault(r, at, keywords[c->kw].name,
			 least ? _("nombre de caractères : %zu ; il en faut au moins %llu")
			       : _("nombre de caractères : %zu ; le maximum est %llu"),
			 n, (unsigned long long)c->count);
}

static bool check_pattern(struct run *r, const struct check *c, const struct spot *at)
{
	char one[SHOWN], some[SHOWN_LIST];
	uint64_t steps = 0;
	enum pattern_verdict got = pattern_match(c->re, at->v->str.at, at->v->str.n, &steps);
	if (!run_spend(r, steps))
		return false;
	switch (got) {
	case PATTERN_YES:
		return true;
	case PATTERN_LIMIT:
		if (!r->out) /* neither yes nor no: `not` must not make a yes of it */
			r->spent = true;
		return run_fault(r, at, "pattern",
				 _("le texte est trop long ou trop répétitif pour le motif « %s » du schéma"),
				 pattern_text(c->re));
	case PATTERN_NO:
		break;
	}
	if (!r->out)
		return false;
	const struct val *examples = run_examples(r, at);
	if (examples)
		return run_fault(r, at, "pattern", _("%s n'a pas la forme attendue ; exemples : %s"), run_show(one, at->v), run_show_list(some, examples));
	return run_fault(r, at, "pattern", _("%s n'a pas la forme attendue : %s"), run_show(one, at->v), pattern_text(c->re));
}

static bool check_format(struct run *r, const struct check *c, const struct spot *at)
{
	char one[SHOWN];
	if (!run_spend(r, at->v->str.n / 32))
		return false;
	return c->format->ok(at->v->str.at) ||
	       (r->out && run_fault(r, at, "format", _("%s n'est pas permis ; attendu : %s"), run_show(one, at->v),
				    _(c->format->wanted)));
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

static bool check_bound(struct run *r, const struct check *c, const struct spot *at)
{
	int cmp = val_cmp(at->v, c->arg);
	bool least = c->kw == KW_MINIMUM || c->kw == KW_EXCL_MINIMUM;
	bool equal = c->kw == KW_MINIMUM || c->kw == KW_MAXIMUM;
	bool ok = cmp == 0 ? equal : least == (cmp > 0);
	static const char *const say[] = { N_("%s est trop petit ; le minimum est %s"),
					   N_("%s est trop grand ; le maximum est %s"),
					   N_("%s est trop petit ; il faut plus que %s"),
					   N_("%s est trop grand ; il faut moins que %s") };
	char one[SHOWN], bound[SHOWN];
	return ok || (r->out && run_fault(r, at, keywords[c->kw].name, _(say[c->kw - KW_MINIMUM]), run_show(one, at->v),
					  run_show(bound, c->arg)));
}

static bool check_multiple(struct run *r, const struct check *c, const struct spot *at)
{
	char one[SHOWN], of[SHOWN];
	if (!run_spend(r, at->v->type == VAL_NUM || c->arg->type == VAL_NUM ? 400 : 0))
		return false;
	return decimal_is_multiple(at->v, c->arg) ||
	       (r->out && run_fault(r, at, "multipleOf", _("%s n'est pas un multiple de %s"), run_show(one, at->v),
				    run_show(of, c->arg)));
}

bool check_leaf(struct run *r, const struct check *c, const struct spot *at)
{
	switch (c->kw) {
	case KW_TYPE:
		return check_type(r, c, at);
	case KW_ENUM:
		return check_enum(r, c, at);
	case KW_CONST:
		return check_const(r, c, at);
	case KW_MIN_LENGTH:
	case KW_MAX_LENGTH:
		return check_length(r, c, at);
	case KW_PATTERN:
		return check_pattern(r, c, at);
	case KW_FORMAT:
		return check_format(r, c, at);
	case KW_MINIMUM:
	case KW_MAXIMUM:
	case KW_EXCL_MINIMUM:
	case KW_EXCL_MAXIMUM:
		return check_bound(r, c, at);
	case KW_MULTIPLE_OF:
		return check_multiple(r, c, at);
	default:
		return true;
	}
}
