/* columns.h -- what each column of aggregat/ means, once for all tables: the Table Schemas are made of this.
 *
 * A column name means the same in every table. Types are Table Schema's; `list` is a string of names with NAMES_SEP between.
 * Sorted by name.
 */
#ifndef LESSONS_COLUMNS_H
#define LESSONS_COLUMNS_H

/* name, type, description */
#define COLUMNS(X) \
	X("a_revoir_le", "date", "Date avant laquelle l'enseignement doit être relu") \
	X("accord", "string", \
	  "Accord proposé (convergence, partielle, divergence, singulier, lacune), ou décidé dans une synthèse") \
	X("acteurs", "list", "Types d'acteur de qui a utilisé l'enseignement, autant que le réseau les voit") \
	X("activite", "string", "Activité déclarée par le collectif : active, en_sommeil, close") \
	X("admis_le", "date", "Jour de la validation nationale du texte en vigueur") \
	X("adoptes", "integer", "Nombre d'usages qui ont adopté ou adapté l'enseignement") \
	X("annee", "string", "Année d'observation") \
	X("appuis", "string", "Appuis comptés par nature, par exemple « 2 entretiens ; 1 pratique »") \
	X("appuis_contraires", "integer", "Nombre d'appuis qui nuancent ou contredisent") \
	X("appuis_retires", "list", "Natures des matériaux retirés sur lesquels repose l'enseignement cité") \
	X("archive", "integer", "Nombre de fiches archivées") \
	X("argument", "string", "Pourquoi, dans les mots de qui le dit") \
	X("arrete_au", "date", "Date à laquelle la synthèse est arrêtée") \
	X("autre", "integer", "Nombre de fiches dans un autre état") \
	X("base", "integer", "Nombre des premiers enseignements qui servent de base") \
	X("brouillon", "integer", "Nombre de fiches au brouillon") \
	X("chaines", "list", "Comment les autres enseignements tiennent au noyau : a > b > c") \
	X("champ", "string", "Champ de la fiche") \
	X("coherence", "string", "Préoccupation sur la cohérence (CERQual)") \
	X("collectif", "string", "Code du collectif") \
	X("collectif_a", "string", "Code du collectif du premier enseignement") \
	X("collectif_b", "string", "Code du collectif du second enseignement") \
	X("collectif_de", "string", "Code du collectif de l'enseignement qui parle") \
	X("collectif_enseignement", "string", "Code du collectif de l'enseignement utilisé") \
	X("collectif_lien", "string", "Code du collectif qui a écrit le lien, le désaccord ou l'objection") \
	X("collectif_source", "string", "Code du collectif de la source citée") \
	X("collectif_vers", "string", "Code du collectif de l'enseignement dont il est parlé") \
	X("collectifs", "list", "Codes des collectifs") \
	X("commit", "string", "Commit qui a écrit ce texte") \
	X("commit_cite", "string", "Commit de la version citée") \
	X("competences", "list", "Compétences en jeu") \
	X("concept", "string", "Identifiant du concept, ou le mot trouvé à sa place") \
	X("conditions", "string", "Conditions, une par ligne") \
	X("confiance", "string", "Confiance globale") \
	X("contexte", "string", "Contexte dont vient l'enseignement") \
	X("contredisent", "list", "Codes des collectifs qui contredisent") \
	X("contredit_par", "list", "Codes des collectifs dont un enseignement le contredit, ou qu'il contredit") \
	X("contredits", "list", "Enseignements hors de la grappe qu'un lien en vigueur oppose à elle") \
	X("cycle", "string", "Cycle de travail") \
	X("dans", "string", "Fiche dans la ligne ou la page de laquelle se trouve la phrase") \
	X("date", "date", "Date") \
	X("date_debut", "date", "Date de la rencontre") \
	X("definition", "string", "Définition de l'indicateur") \
	X("denominateur", "integer", "Sur combien") \
	X("depuis", "date", "Depuis quand cela attend : une date écrite dans une fiche") \
	X("dernier_recu", "date", "Date du dernier commit reçu") \
	X("derniere", "date", "Date d'observation la plus récente") \
	X("derniers", "integer", "Nombre des derniers enseignements regardés") \
	X("desaccords", "integer", "Nombre de désaccords internes exprimés") \
	X("desaccords_recents", "integer", "Nombre de désaccords exprimés depuis la version validée") \
	X("detail", "string", "Précision") \
	X("difference_contexte", "string", "Différence de contexte qui peut expliquer le désaccord") \
	X("differences_a_relire", "integer", "Nombre de différences ouvertes à relire") \
	X("differences_dures", "integer", "Nombre de différences ouvertes à trancher") \
	X("differences_tranchees", "integer", "Nombre de différences tranchées") \
	X("diffusions", "integer", "Nombre de diffusions") \
	X("dispositif", "string", "Dispositif public ; vide : aucun") \
	X("dispositifs", "list", "Dispositifs publics") \
	X("ecartes", "integer", "Nombre d'usages qui ont écarté l'enseignement") \
	X("effet", "string", "Effet constaté") \
	X("effet_observe", "string", "Effet observé de l'usage") \
	X("empreinte", "string", "Empreinte du texte") \
	X("empreinte_citee", "string", "Empreinte du texte cité") \
	X("empreinte_en_vigueur", "string", "Empreinte du texte en vigueur, quand c'en est un autre") \
	X("en_cours", "integer", "Nombre de boucles, pratiques, matériaux et enseignements en préparation") \
	X("en_discussion", "boolean", "Une différence est ouverte sur la fiche") \
	X("enonce", "string", "Énoncé") \
	X("enonce_de", "string", "Énoncé de l'enseignement qui parle") \
	X("enonce_id", "string", "Identifiant de l'énoncé dans la synthèse") \
	X("enonce_vers", "string", "Énoncé de l'enseignement dont il est parlé") \
	X("enseignement", "string", "Identifiant de l'enseignement") \
	X("enseignement_a", "string", "Identifiant du premier enseignement") \
	X("enseignement_b", "string", "Identifiant du second enseignement") \
	X("enseignements", "integer", "Nombre d'enseignements partagés") \
	X("enseignements_contre", "list", "Enseignements publics qui contredisent l'énoncé") \
	X("enseignements_pour", "list", "Enseignements publics sur lesquels s'appuie l'énoncé") \
	X("eprouve_par", "list", "Codes des collectifs qui l'ont éprouvé dans un autre contexte") \
	X("espaces", "list", "Types d'espace") \
	X("etat", "string", "État") \
	X("explique", "boolean", "Une différence de contexte est écrite") \
	X("genre", "string", "Genre de la fiche") \
	X("globale", "string", "Confiance globale (CERQual)") \
	X("grappe", "string", "Identifiant de la grappe : celui de son premier enseignement") \
	X("grappes_base", "integer", "Nombre de grappes dans la base") \
	X("grappes_nouvelles", "integer", "Nombre de grappes que les derniers enseignements ajoutent") \
	X("id", "string", "Identifiant de la fiche") \
	X("id_de", "string", "Identifiant de l'enseignement qui parle") \
	X("id_vers", "string", "Identifiant de l'enseignement dont il est parlé") \
	X("indicateur", "string", "Code de l'indicateur") \
	X("inscrit", "boolean", "Le collectif est inscrit dans le groupe du thème") \
	X("issue", "string", "Issue : adopte, adapte, ecarte, en_cours") \
	X("justification", "string", "Justification de la confiance") \
	X("libelle", "string", "Libellé") \
	X("libelle_en", "string", "Libellé en anglais") \
	X("licence", "string", "Licence") \
	X("lien", "string", "Identifiant du croisement, de l'objection ou de la fiche qui porte le désaccord") \
	X("liens", "list", "Croisements en vigueur") \
	X("liens_a_revoir", "list", "Croisements dont un des textes lus a changé") \
	X("lieu", "list", "Lieu, généralisé pour la publication") \
	X("limites", "string", "Ne vaut pas quand") \
	X("limites_declarees", "boolean", "Des limites sont déclarées") \
	X("maturite", "string", "Maturité déclarée") \
	X("maturite_proposee", "string", \
	  "Maturité que les liens et les usages proposent, quand c'en est une autre") \
	X("mecanisme", "string", "Mécanisme (pourquoi)") \
	X("membres", "list", "Enseignements de la grappe") \
	X("methode", "string", "Préoccupation sur la méthode (CERQual)") \
	X("motif", "string", "Pourquoi corriger : amende, plus_partage, retire, inconnu, appui_retire") \
	X("mots", "list", "Mots communs") \
	X("nature", "string", "Nature du matériau") \
	X("natures", "integer", "Nombre de natures d'appuis") \
	X("niveaux", "list", "Niveaux de compétence") \
	X("nombre", "integer", "Nombre") \
	X("nouvelles", "integer", "Dont observées pour la première fois cette année-là") \
	X("noyau", "list", "Enseignements tous liés deux à deux") \
	X("nuancent", "list", "Codes des collectifs qui nuancent") \
	X("nuances", "list", "Enseignements hors de la grappe qui la nuancent") \
	X("numerateur", "integer", "Combien") \
	X("objections", "integer", "Nombre d'objections ouvertes") \
	X("observe_debut", "date", "Constaté depuis") \
	X("observe_fin", "date", "Constaté jusqu'à") \
	X("par_collectif", "list", "Usages par collectif : code et nombre") \
	X("partage", "integer", "Nombre de fiches partagées") \
	X("parue_le", "date", "Jour de parution") \
	X("pertinence", "string", "Préoccupation sur la pertinence (CERQual)") \
	X("place", "string", "Place dans la grappe : noyau ou chaine") \
	X("portee", "string", "Code du collectif, ou reseau") \
	X("pour", "list", "Codes des collectifs du noyau") \
	X("pratiques", "integer", "Nombre de pratiques observées") \
	X("presences", "string", "Nombre de présents de ce type ; <5 au-dessous de cinq") \
	X("propose", "integer", "Nombre de fiches proposées") \
	X("publics", "list", "Publics") \
	X("question", "string", "Question de la synthèse") \
	X("raisons", "list", "Liens et usages qui le disent") \
	X("ratio", "number", "Grappes nouvelles sur grappes de la base") \
	X("recit", "string", "Récit de l'usage") \
	X("recommandations", "string", "Recommandations, une par ligne") \
	X("reference", "string", "Référence qui suit la phrase partout où elle est citée") \
	X("registre", "string", "Registre du vocabulaire") \
	X("relation", "string", "Relation") \
	X("remplace", "integer", "Nombre de fiches remplacées") \
	X("remplace_par", "string", "Concept à employer à la place") \
	X("resolu", "boolean", "Qui n'était pas d'accord a levé son désaccord") \
	X("resume", "string", "Résumé") \
	X("retard_jours", "integer", "Jours entre le dernier commit reçu et la date d'arrêt") \
	X("retire", "integer", "Nombre de fiches retirées") \
	X("revue", "string", "Relecture : a_jour, depassee, sans_date") \
	X("role", "string", "Rôle de l'appui : fonde, illustre, nuance, contredit") \
	X("score", "number", "Ressemblance, de 0 à 1") \
	X("score_dispositifs", "number", "Part des dispositifs communs") \
	X("score_mots", "number", "Ressemblance des mots") \
	X("score_themes", "number", "Part des thèmes communs") \
	X("sens", "string", "Sens : reussite, echec, mixte, surprise") \
	X("source", "string", "Identifiant de la source citée") \
	X("sources", "list", "Sources que le lecteur peut voir") \
	X("sources_a_revoir", "integer", "Nombre de sources retirées, amendées ou introuvables") \
	X("statut", "string", "Statut du terme : admis ou debattu") \
	X("suffisance", "string", "Préoccupation sur la suffisance (CERQual)") \
	X("taille", "integer", "Nombre d'enseignements") \
	X("territoires", "list", "Codes des territoires") \
	X("texte", "string", "Texte cité") \
	X("theme", "string", "Identifiant du thème") \
	X("themes", "list", "Thèmes") \
	X("titre", "string", "Titre") \
	X("trace", "string", "Référence de l'énoncé") \
	X("trace_a", "string", "Référence de l'énoncé du premier") \
	X("trace_argument", "string", "Référence de l'argument") \
	X("trace_b", "string", "Référence de l'énoncé du second") \
	X("trace_de", "string", "Référence de l'énoncé de qui parle") \
	X("trace_difference", "string", "Référence de la différence de contexte") \
	X("trace_effet", "string", "Référence de l'effet observé") \
	X("trace_question", "string", "Référence de la question") \
	X("trace_recit", "string", "Référence du récit") \
	X("trace_resume", "string", "Référence du résumé") \
	X("trace_titre", "string", "Référence du titre") \
	X("trace_vers", "string", "Référence de l'énoncé dont il est parlé") \
	X("type", "string", "Type") \
	X("type_acteur", "string", "Type d'acteur") \
	X("type_initiative", "string", "Type d'initiative") \
	X("type_rencontre", "string", "Type de rencontre") \
	X("types", "list", "Types d'acteur de la voix citée") \
	X("unite", "string", "Unité : nombre, part, jours") \
	X("usage", "string", "Usage") \
	X("usages", "integer", "Nombre d'usages") \
	X("utilise_par", "list", "Codes des collectifs qui l'utilisent") \
	X("valeur", "number", "Valeur") \
	X("valide", "integer", "Nombre de fiches validées") \
	X("valide_le", "date", "Jour de la dernière validation du texte par son collectif") \
	X("version_lue", "string", \
	  "Ce qu'est devenue la version lue : en_vigueur, amende, plus_partage, retire, inconnu") \
	X("visibilite", "string", "Visibilité")

#endif
