/* The border where libyaml's English, written for programmers, becomes a French sentence with a remedy.
 *
 * libyaml names the token that it missed. What somebody who writes prose did is often something else, and the text shows it:
 * a text that goes on behind its closing quote (« 'L'essai' »), a line that stands too far in, a space that a word processor
 * made a non-breaking one, the marks that git leaves. So the line is looked at first, then libyaml's words.
 */
#include "ynode.h"

#include <string.h>

static const char tabs[] = N_("tabulation dans l'indentation ; utilisez des espaces");
static const char quote_it[] = N_("cette valeur commence par un caractère réservé ; mettez-la entre guillemets");

/* --- what the line shows -------------------------------------------------------------------------------------------- */

struct line {
	const char *start, *text; /* the whole line; behind its indentation */
	const char *at;           /* where libyaml stumbled: in this line, or in a later one */
};

static struct line line_of(const struct ycomplaint *c, size_t place)
{
	struct line l = { .start = c->text + place, .at = c->text + c->at };
	while (l.start > c->text && l.start[-1] != '\n')
		l.start--;
	if (!strncmp(l.start, "\xEF\xBB\xBF", 3))
		l.start += 3;
	l.text = l.start + strspn(l.start, " ");
	return l;
}

/* The spaces that look like one and are none for YAML: U+00A0 and U+202F, which French typing puts before « : ». */
static size_t hard_space(const char *s)
{
	return !strncmp(s, "\xC2\xA0", 2) ? 2 : !strncmp(s, "\xE2\x80\xAF", 3) ? 3 : 0;
}

static bool has(const struct ycomplaint *c, const char *problem)
{
	return strstr(c->problem, problem) != NULL;
}

static const char *git_marks(const struct line *l)
{
	static const char *const marks[] = { "<<<<<<< ", "=======\n", "=======\r", ">>>>>>> ", "||||||| " };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (!strncmp(l->start, marks[i], 8))
			return _("marque laissée par une fusion de git ; gardez une des deux versions et enlevez les lignes « <<<<<<< », « ======= » et « >>>>>>> »");
	return NULL;
}

/* A name of a field: what stands before its colon, as far as can be told. */
static size_t field_name(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
}

/* A key whose colon has no space behind it, or none that YAML sees. */
static const char *colon_without_space(const struct line *l)
{
	const char *colon = l->text + field_name(l->text);
	if (colon == l->text)
		return NULL;
	colon += hard_space(colon);
	if (*colon != ':')
		return NULL;
	if (hard_space(colon + 1))
		return _("l'espace derrière « : » est insécable ; remplacez-le par un espace ordinaire");
	return strchr(" \t\r\n", colon[1]) ? NULL : _("il manque un espace derrière « : »");
}

/* Whatever follows a closed text or list on its line. */
static const char *behind_the_end(const struct line *l)
{
	const char *s = l->at;
	while (s > l->text && s[-1] == ' ')
		s--;
	if (s == l->text || !*l->at || strchr("\r\n", *l->at))
		return NULL;
	switch (s[-1]) {
	case '"':
		return _("le texte continue derrière son guillemet fermant ; enlevez ce qui suit, ou écrivez \\\" pour chaque guillemet qui fait partie du texte");
	case '\'':
		return _("le texte continue derrière l'apostrophe qui le ferme ; doublez celles qui font partie du texte (l''essai), ou mettez-le entre guillemets");
	case ']':
	case '}':
		return _("il y a quelque chose derrière « ] » ou « } » ; enlevez-le, ou, si toute la valeur est du texte, mettez-la entre guillemets");
	default:
		return NULL;
	}
}

/* "  etat: x" below "titre: y" goes on with y, for YAML: the colon that it complains about is that of a field. */
static bool is_a_field_too_far_in(const struct line *l)
{
	const char *colon = l->text + field_name(l->text);
	return l->text > l->start && colon > l->text && colon + strspn(colon, " ") == l->at;
}

static const char *by_the_line(const struct ycomplaint *c)
{
	struct line here = line_of(c, c->at), l = line_of(c, c->from);
	const char *msg = git_marks(&l);
	if (msg)
		return msg;
	if (*here.text == '\t' || (has(c, "cannot start any token") && *here.at == '\t'))
		return _(tabs);
	if (hard_space(l.text))
		return _("espace insécable dans l'indentation ; remplacez-le par des espaces ordinaires");
	if (has(c, "could not find expected ':'") || has(c, "not a mapping"))
		return colon_without_space(&l);
	if (has(c, "did not find expected key") || has(c, "'-' indicator") || has(c, "<document start>"))
		return behind_the_end(&l);
	if (has(c, "mapping values are not allowed") && is_a_field_too_far_in(&l))
		return _("cette ligne est plus indentée que la clé au-dessus ; alignez-la, ou, si elle continue un texte avec « : », mettez ce texte entre guillemets");
	return NULL;
}

/* --- libyaml's words ------------------------------------------------------------------------------------------------ */

/* The first row whose text is found in libyaml's problem (or, second column, in its context) is shown. */
static const struct {
	const char *problem, *context, *msg;
} table[] = {
	{ "not a mapping", NULL, /* our own words */
	  N_("une fiche est un seul groupe de lignes « clé: valeur » ; écrivez un champ par ligne, comme le fait « maillage new »") },
	{ "mapping values are not allowed", NULL, N_("le texte contient « : » ; mettez la valeur entre guillemets") },
	{ "tab character", NULL, tabs },
	{ "cannot start any token", NULL, quote_it },
	{ "unexpected end of stream", "quoted scalar", N_("un guillemet ouvert ici n'est pas refermé ; fermez-le") },
	{ "unexpected document indicator", NULL,
	  N_("un guillemet ouvert n'est pas refermé avant « --- » ; fermez-le") },
	{ "unknown escape character", NULL,
	  N_("suite « \\ » inconnue entre guillemets doubles ; doublez la barre oblique inverse") },
	{ "hexdecimal number", NULL,
	  N_("« \\x », « \\u » ou « \\U » doit être suivi de 2, 4 ou 8 chiffres hexadécimaux ; sinon doublez la barre oblique inverse") },
	{ "invalid Unicode character", NULL, N_("ce code « \\u » n'est pas un caractère ; corrigez-le") },
	{ "',' or ']'", NULL, N_("liste « [ ] » mal formée ; il manque une virgule ou le crochet fermant") },
	{ "',' or '}'", NULL, N_("groupe « { } » mal formé ; il manque une virgule ou l'accolade fermante") },
	{ "could not find expected ':'", NULL,
	  N_("il manque « : » après cette clé, ou la ligne n'est pas assez indentée") },
	{ "block sequence entries are not allowed", NULL,
	  N_("« - » n'est pas à sa place ; mettez chaque élément de liste sur sa propre ligne, ou le texte entre guillemets") },
	{ "'-' indicator", NULL, N_("cette ligne n'est pas alignée avec les « - » de la liste ; alignez-la") },
	{ "did not find expected key", NULL,
	  N_("cette ligne n'est pas alignée avec les clés précédentes ; corrigez l'indentation") },
	{ "mapping keys are not allowed", NULL, quote_it },
	{ "tag handle", NULL, N_("les étiquettes (« !x ») ne sont pas acceptées ; supprimez celle-ci, ou mettez le texte entre guillemets") },
	{ "", "tag", N_("les étiquettes (« !x ») ne sont pas acceptées ; supprimez celle-ci, ou mettez le texte entre guillemets") },
	{ "", "anchor",
	  N_("les ancres et les renvois (« & », « * », « << ») ne sont pas acceptés ; écrivez la valeur en entier, entre guillemets si c'est du texte") },
	{ "", "alias",
	  N_("les ancres et les renvois (« & », « * », « << ») ne sont pas acceptés ; écrivez la valeur en entier, entre guillemets si c'est du texte") },
	{ "<document start>", NULL, N_("une fiche est un seul groupe « clé: valeur » ; retirez ce qui suit") },
	{ "directive", NULL, N_("directive inconnue ; seules « %YAML 1.1 » et « %YAML 1.2 » sont acceptées") },
	{ "", "directive", N_("directive inconnue ; seules « %YAML 1.1 » et « %YAML 1.2 » sont acceptées") },
	{ "incompatible YAML document", NULL,
	  N_("directive inconnue ; seules « %YAML 1.1 » et « %YAML 1.2 » sont acceptées") },
	{ "", "block scalar",
	  N_("« | » ou « > » annonce un bloc de texte ; écrivez « |- » puis le texte, indenté, à la ligne, ou mettez la valeur entre guillemets") },
	{ "unexpected ':'", NULL, N_("le texte contient « : » ; mettez la valeur entre guillemets") },
};

const char *ydoc__explain(const struct ycomplaint *complaint)
{
	struct ycomplaint c = *complaint;
	c.problem = c.problem ? c.problem : "";
	c.context = c.context ? c.context : "";
	const char *msg = by_the_line(&c);
	if (msg)
		return msg;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strstr(c.problem, table[i].problem) && (!table[i].context || strstr(c.context, table[i].context)))
			return _(table[i].msg);
	return _("ce texte n'est pas du YAML valable ; vérifiez l'indentation et les guillemets de cette ligne");
}
