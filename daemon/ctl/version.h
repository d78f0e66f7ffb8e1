/* version.h -- the program's version, shown by --version and the control socket. */
#ifndef CTL_VERSION_H
#define CTL_VERSION_H
#define MAILLAGE_VERSION "0.1.0"
#endif
