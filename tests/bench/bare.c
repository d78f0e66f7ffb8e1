#include "bare.h"
#include "kit.h"

#include <yaml.h>

void bare_parse(const char *bytes, size_t n)
{
	yaml_parser_t p;
	yaml_event_t ev;
	if (!yaml_parser_initialize(&p))
		bench_die("out of memory");
	yaml_parser_set_encoding(&p, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&p, (const unsigned char *)bytes, n);
	for (bool end = false; !end;) {
		if (!yaml_parser_parse(&p, &ev))
			bench_die("libyaml: %s", p.problem);
		end = ev.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&ev);
	}
	yaml_parser_delete(&p);
}
