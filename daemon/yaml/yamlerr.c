/* The border where libyaml's English, written for programmers, becomes a French sentence with a remedy. */
#include "ynode.h"

#include <string.h>

static const char tabs[] = N_("tabulation dans l'indentation ; utilisez des espaces");
static const char quote_it[] = N_("cette valeur commence par un caractère réservé ; mettez-la entre guillemets");

/* The first row whose text is found in libyaml's problem (or, second column, in its context) is shown. */
static const struct {
	const char *problem, *context, *msg;
} table[] = {
	{ "mapping values are not allowed", NULL, N_("le texte contient « : » ; mettez la valeur entre guillemets") },
	{ "tab character", NULL, tabs },
	{ "unexpected end of stream", "quoted scalar", N_("un guillemet ouvert ici n'est pas refermé ; fermez-le") },
	{ "unexpected document indicator", NULL,
	  N_("un guillemet ouvert n'est pas refermé avant « --- » ; fermez-le") },
	{ "unknown escape character", NULL,
	  N_("suite « \\ » inconnue entre guillemets doubles ; doublez la barre oblique inverse") },
	{ "hexdecimal number", NULL,
	  N_("« \\x », « \\u » ou « \\U » doit être suivi de 2, 4 ou 8 chiffres hexadécimaux") },
	{ "invalid Unicode character", NULL, N_("ce code « \\u » n'est pas un caractère ; corrigez-le") },
	{ "',' or ']'", NULL, N_("liste « [ ] » mal formée ; il manque une virgule ou le crochet fermant") },
	{ "',' or '}'", NULL, N_("groupe « { } » mal formé ; il manque une virgule ou l'accolade fermante") },
	{ "could not find expected ':'", NULL,
	  N_("il manque « : » après cette clé, ou la ligne n'est pas assez indentée") },
	{ "block sequence entries are not allowed", NULL,
	  N_("« - » n'est pas à sa place ; mettez chaque élément de liste sur sa propre ligne") },
	{ "'-' indicator", NULL, N_("cette ligne n'est pas alignée avec les « - » de la liste ; alignez-la") },
	{ "did not find expected key", NULL,
	  N_("cette ligne n'est pas alignée avec les clés précédentes ; corrigez l'indentation") },
	{ "mapping keys are not allowed", NULL, N_("les clés doivent être du texte simple, sur une seule ligne") },
	{ "tag handle", NULL, N_("les étiquettes (« !x ») ne sont pas acceptées ; supprimez celle-ci") },
	{ "", "tag", N_("les étiquettes (« !x ») ne sont pas acceptées ; supprimez celle-ci") },
	{ "", "anchor",
	  N_("les ancres et les renvois (« & », « * », « << ») ne sont pas acceptés ; écrivez la valeur en entier") },
	{ "", "alias",
	  N_("les ancres et les renvois (« & », « * », « << ») ne sont pas acceptés ; écrivez la valeur en entier") },
	{ "<document start>", NULL, N_("une fiche est un seul groupe « clé: valeur » ; retirez ce qui suit") },
	{ "directive", NULL, N_("directive inconnue ; seules « %YAML 1.1 » et « %YAML 1.2 » sont acceptées") },
	{ "", "directive", N_("directive inconnue ; seules « %YAML 1.1 » et « %YAML 1.2 » sont acceptées") },
	{ "incompatible YAML document", NULL,
	  N_("directive inconnue ; seules « %YAML 1.1 » et « %YAML 1.2 » sont acceptées") },
	{ "", "block scalar",
	  N_("début de bloc de texte incorrect ; écrivez « |- » puis le texte, indenté, à la ligne") },
	{ "unexpected ':'", NULL, N_("le texte contient « : » ; mettez la valeur entre guillemets") },
};

const char *ydoc__explain(const char *problem, const char *context, char next)
{
	if (!problem)
		problem = "";
	if (!context)
		context = "";
	if (strstr(problem, "cannot start any token"))
		return next == '\t' ? _(tabs) : _(quote_it);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strstr(problem, table[i].problem) && (!table[i].context || strstr(context, table[i].context)))
			return _(table[i].msg);
	return _("ce texte n'est pas du YAML valable ; vérifiez l'indentation et les guillemets de cette ligne");
}
