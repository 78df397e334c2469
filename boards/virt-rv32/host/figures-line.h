/* Figures of the running board on its console, where --figures asks for them. */
#ifndef SOTTO_FIGURES_LINE_H
#define SOTTO_FIGURES_LINE_H

/* When the machine is made. */
void hostFiguresStart(txMachine* the);

#endif
