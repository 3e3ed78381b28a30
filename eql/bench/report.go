package bench

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Report is what a run has measured. It is plain data that belongs to the caller,
// who may add rows.
type Report struct {
	Machine Machine `json:"machine"`
	Rounds  int     `json:"rounds"`
	Rules   Rules   `json:"rules"`
	Events  Events  `json:"events"`
	Latency Latency `json:"latency"`
	Cases   []Cost  `json:"cases"`
	Rows    []Row   `json:"targets"`

	// Times are the samples that the figures come from.
	Times *Times `json:"-"`
}

// A Machine is where a Report comes from.
type Machine struct {
	Go   string `json:"go"`
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"`
}

// Rules counts the rules.
type Rules struct {
	Used    int `json:"used"`
	LeftOut int `json:"left_out"` // with an error
}

// Events describes the events: a ratio means little without their mix.
type Events struct {
	Count  int     `json:"count"`
	Bytes  int     `json:"bytes"`
	Mix    []Share `json:"mix"`    // by category, the most frequent first
	Alerts int     `json:"alerts"` // of all rules
	Hits   Hits    `json:"hits"`
	Open   int     `json:"open"` // partial matches before the stream is closed
}

// A Share is the number of events of one category; "" is none.
type Share struct {
	Category string `json:"category"`
	Events   int    `json:"events"`
}

// Hits is how many steps of all rules an event satisfies on average, taken from a
// sample of the events. Steps that depend on the event of another step do not count.
type Hits struct {
	Sampled int     `json:"sampled"` // number of events
	Single  float64 `json:"single"`  // rules about single events
	First   float64 `json:"first"`   // first steps of sequences
	Later   float64 `json:"later"`   // their other steps
	Until   float64 `json:"until"`
	Sample  float64 `json:"sample"` // filters of samples
}

// Sum returns the number of all hits of an event.
func (h Hits) Sum() float64 { return h.Single + h.First + h.Later + h.Until + h.Sample }

// Latency is the time from the text of one event to its alerts with all rules, by
// the clock, in nanoseconds.
type Latency struct {
	P50 int64 `json:"p50_ns"`
	P99 int64 `json:"p99_ns"`
	Max int64 `json:"max_ns"`
}

// A Cost is what a case costs: medians.
type Cost struct {
	Case           string  `json:"case"`
	Seconds        float64 `json:"cpu_seconds"`
	EventsPerSec   float64 `json:"events_per_second,omitempty"`
	NanosPerEvent  float64 `json:"ns_per_event,omitempty"`
	AllocsPerEvent float64 `json:"allocs_per_event"`
}

// A Goal is a bound on a figure: a lower one unless AtMost is set.
type Goal struct {
	Limit  float64 `json:"limit"`
	AtMost bool    `json:"at_most"`
}

// AtLeast returns a Goal that figures of limit and above reach.
func AtLeast(limit float64) Goal { return Goal{Limit: limit} }

// AtMost returns a Goal that figures up to limit reach.
func AtMost(limit float64) Goal { return Goal{limit, true} }

// Reached reports whether a figure reaches the goal.
func (g Goal) Reached(figure float64) bool {
	if g.AtMost {
		return figure <= g.Limit
	}
	return figure >= g.Limit
}

// String returns the goal as a comparison, such as ">= 3.5".
func (g Goal) String() string {
	if g.AtMost {
		return "<= " + figure(g.Limit)
	}
	return ">= " + figure(g.Limit)
}

// A Row is one target and what was measured.
type Row struct {
	Name     string `json:"name"`
	Goal     Goal   `json:"goal"`
	Measured Spread `json:"measured"`
	Unit     string `json:"unit"` // "x" for a ratio
	Pass     bool   `json:"pass"`
	Skipped  string `json:"skipped,omitempty"` // why nothing was measured
}

// Add adds a target with what was measured.
func (r *Report) Add(name string, g Goal, measured Spread, unit string) {
	r.Rows = append(r.Rows, Row{Name: name, Goal: g, Measured: measured, Unit: unit, Pass: g.Reached(measured.Median)})
}

// Skip adds a target that could not be measured, and why.
func (r *Report) Skip(name string, g Goal, why string) {
	r.Rows = append(r.Rows, Row{Name: name, Goal: g, Skipped: why})
}

// AddRatio adds a target about a ratio, such as those of Times; it skips one that
// could not be measured, ok being false, and says why.
func (r *Report) AddRatio(name string, g Goal, measured Spread, ok bool, why string) {
	if !ok {
		r.Skip(name, g, why)
		return
	}
	r.Add(name, g, measured, "x")
}

// Missed returns the number of targets that were measured and not reached.
func (r *Report) Missed() int {
	n := 0
	for _, row := range r.Rows {
		if row.Skipped == "" && !row.Pass {
			n++
		}
	}
	return n
}

// WriteJSON writes the report as one indented JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// WriteText writes the report for people. The format may change.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	m := &r.Machine
	fmt.Fprintf(&b, "%d rules (%d left out), %d events of %d bytes, %d alerts\n", r.Rules.Used, r.Rules.LeftOut,
		r.Events.Count, r.Events.Bytes/max(r.Events.Count, 1), r.Events.Alerts)
	fmt.Fprintf(&b, "%s %s/%s, %d CPUs, medians of rounds: %d\n\n", m.Go, m.OS, m.Arch, m.CPUs, r.Rounds)

	b.WriteString("mix      ")
	for i, s := range r.Events.Mix {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %.0f %%", cmp.Or(s.Category, "none"), 100*float64(s.Events)/float64(r.Events.Count))
	}
	h := &r.Events.Hits
	fmt.Fprintf(&b, "\nhits     %.2f an event: single events %.3f, first steps %.2f, later steps %.2f, until %.2f, samples %.2f\n",
		h.Sum(), h.Single, h.First, h.Later, h.Until, h.Sample)
	fmt.Fprintf(&b, "state    %d partial matches open at the end\n", r.Events.Open)
	fmt.Fprintf(&b, "latency  p50 %.1f us, p99 %.1f us, max %.1f us an event\n\n",
		float64(r.Latency.P50)/1e3, float64(r.Latency.P99)/1e3, float64(r.Latency.Max)/1e3)

	cases := [][]string{{"case", "events/s", "ns/event", "allocs/event", "CPU ms"}}
	for _, c := range r.Cases {
		row := []string{c.Case, "", "", "", figure(c.Seconds * 1e3)}
		if c.EventsPerSec > 0 {
			row[1], row[2], row[3] = figure(c.EventsPerSec), figure(c.NanosPerEvent), figure(c.AllocsPerEvent)
		}
		cases = append(cases, row)
	}
	writeColumns(&b, cases)

	rows := [][]string{{"target", "goal", "measured", "smallest", "largest", "unit", ""}}
	for _, row := range r.Rows {
		if row.Skipped != "" {
			rows = append(rows, []string{row.Name, row.Goal.String(), "-", "-", "-", "", "not measured: " + row.Skipped})
			continue
		}
		verdict := "missed"
		if row.Pass {
			verdict = "reached"
		}
		v := row.Measured
		rows = append(rows, []string{row.Name, row.Goal.String(), figure(v.Median), figure(v.Min), figure(v.Max), row.Unit, verdict})
	}
	b.WriteByte('\n')
	writeColumns(&b, rows)
	_, err := io.WriteString(w, b.String())
	return err
}

// figure writes a number with as many digits as matter.
func figure(v float64) string {
	switch a := math.Abs(v); {
	case a == math.Trunc(a) || a >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case a >= 0.1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	default:
		return strconv.FormatFloat(v, 'g', 2, 64)
	}
}

// writeColumns writes rows as columns, numbers to the right.
func writeColumns(b *strings.Builder, rows [][]string) {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			switch {
			case i == 0:
				line.WriteString(cell + pad)
			case i == len(row)-1 && len(row) > 5: // a verdict
				line.WriteString("  " + cell)
			default:
				line.WriteString("  " + pad + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
}
