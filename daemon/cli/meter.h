/* meter.h -- what base/progress.h says, shown to a person: one line on the terminal's standard error, after a second, taken away at the end.
 *
 * LIFE    meter_begin before the work; meter_end before the first word about it. meter_end twice is fine, without meter_begin too.
 */
#ifndef CLI_METER_H
#define CLI_METER_H

void meter_begin(void); /* does nothing where standard error is no terminal that can take a line back */
void meter_end(void);

#endif
