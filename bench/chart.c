/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The picture: for each workload a bar to the limit and one to the peer, on
 * a logarithmic scale.  Bars begin at 1: to the right we are faster.
 */
#include "bench/report.h"

#include <math.h>

#define ROW 30
#define BAR 11
#define LEFT 300
#define WIDTH 520
#define RIGHT 80
#define TOP 64
#define BOTTOM 24
#define LEAST 0.1
#define MOST 10000.0

static double
place(double ratio)
{
	double at = ratio < LEAST ? LEAST : ratio > MOST ? MOST : ratio;

	return LEFT + WIDTH * log10(at / LEAST) / log10(MOST / LEAST);
}

static void
write_axis(FILE *file, int height)
{
	for (double at = LEAST; at <= MOST * 1.001; at *= 10) {
		fprintf(file, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" "
		    "y2=\"%d\" stroke=\"%s\"/>\n", place(at), TOP - 6,
		    place(at), height - BOTTOM,
		    at > 0.9 && at < 1.1 ? "#444" : "#ddd");
		fprintf(file, "<text x=\"%.1f\" y=\"%d\" "
		    "text-anchor=\"middle\">%g</text>\n", place(at), TOP - 12,
		    at);
	}
}

static void
write_bar(FILE *file, double ratio, int y, const char *colour)
{
	double from = place(ratio < 1 ? ratio : 1);
	double to = place(ratio < 1 ? 1 : ratio);

	if (ratio <= 0)
		return;
	fprintf(file, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
	    "fill=\"%s\"/>\n", from, y, to - from > 1 ? to - from : 1, BAR,
	    colour);
	fprintf(file, "<text x=\"%.1f\" y=\"%d\" font-size=\"10\">%.*f"
	    "</text>\n", to + 4, y + BAR - 2, ratio < 10 ? 2 : 0, ratio);
}

/* Names of modules and of workloads may have any character. */
static void
write_text(FILE *file, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '<')
			fputs("&lt;", file);
		else if (*text == '&')
			fputs("&amp;", file);
		else
			fputc(*text, file);
	}
}

static void
write_legend(FILE *file, const char *peer)
{
	fprintf(file, "<rect x=\"%d\" y=\"12\" width=\"12\" height=\"12\" "
	    "fill=\"#4878a8\"/>\n<text x=\"%d\" y=\"22\">times the limit "
	    "(libcrypto or SQLite called directly)</text>\n", LEFT, LEFT + 18);
	fprintf(file, "<rect x=\"%d\" y=\"28\" width=\"12\" height=\"12\" "
	    "fill=\"#e08840\"/>\n<text x=\"%d\" y=\"38\">times ", LEFT,
	    LEFT + 18);
	write_text(file, peer);
	fprintf(file, "</text>\n");
}

static size_t
rows_of(const struct result *results, size_t count)
{
	size_t rows = 0;

	for (size_t i = 0; i < count; i++)
		rows += results[i].ratio[LIMIT] > 0 ||
		    results[i].ratio[PEER] > 0;
	return rows;
}

void
chart_write(FILE *file, const struct result *results, size_t count,
    const char *peer)
{
	int height = TOP + ROW * (int)rows_of(results, count) + BOTTOM;
	int y = TOP;

	fprintf(file, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
	    "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
	    LEFT + WIDTH + RIGHT, height);
	write_legend(file, peer);
	write_axis(file, height);
	for (size_t i = 0; i < count; i++) {
		const struct result *r = &results[i];

		if (r->ratio[LIMIT] <= 0 && r->ratio[PEER] <= 0)
			continue;
		fprintf(file, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">",
		    LEFT - 10, y + 15);
		write_text(file, r->work->name);
		fprintf(file, "</text>\n");
		write_bar(file, r->ratio[LIMIT], y, "#4878a8");
		write_bar(file, r->ratio[PEER], y + BAR + 2, "#e08840");
		y += ROW;
	}
	fprintf(file, "</svg>\n");
}
