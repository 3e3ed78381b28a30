package main

import (
	"cmp"
	"time"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/metrics"
	"github.com/eqlkit/eqlkit/eval"
)

// The metrics. Those of rules are there for rules that have something to show.
var (
	metricBytes       = metrics.Counter("eql_input_bytes_total", "Bytes read from inputs, before decompression.")
	metricEvents      = metrics.Counter("eql_events_total", "Events evaluated.")
	metricRefused     = metrics.Counter("eql_events_refused_total", "Events that could not be read.")
	metricLate        = metrics.Counter("eql_events_late_total", "Events that came too late for sequences; see --lateness.")
	metricAhead       = metrics.Counter("eql_events_ahead_total", "Events too far in the future to be believed; see --max-jump.")
	metricUntimed     = metrics.Counter("eql_events_untimed_total", "Events without a time, which sequences did not see.")
	metricErrors      = metrics.Counter("eql_condition_errors_total", "Conditions that met an error, such as a division by zero.")
	metricHurried     = metrics.Counter("eql_watermark_hurries_total", "Times that late events could not be waited for, for lack of room.")
	metricBuffered    = metrics.Gauge("eql_events_buffered", "Events that wait for late ones before them.")
	metricWatermark   = metrics.Gauge("eql_watermark_timestamp_seconds", "Event time up to which sequences are decided.")
	metricState       = metrics.Gauge("eql_state_bytes", "Memory that state takes with the events in it, about.")
	metricPending     = metrics.Gauge("eql_pending_absences", "Partial matches that only wait for an event to stay away.")
	metricRules       = metrics.Gauge("eql_rules", "Rules that run.")
	metricEvaluations = metrics.Counter("eql_rule_evaluations_total", "Conditions tested.", "rule", "name")
	metricAlerts      = metrics.Counter("eql_rule_alerts_total", "Alerts given.", "rule", "name")
	metricOpen        = metrics.Gauge("eql_rule_open_partials", "Partial matches that are waiting.", "rule", "name")
	metricEvicted     = metrics.Counter("eql_rule_evictions_total", "Partial matches dropped for lack of room.", "rule", "name")
	metricExpired     = metrics.Counter("eql_rule_expiries_total", "Partial matches that maxspan has outlived.", "rule", "name")
)

// readingOf returns what there is to show of a feed.
func readingOf(st eql.Stats, rules []eval.QueryStats, read int64, c counts) metrics.Reading {
	r := metrics.Reading{
		{Metric: metricBytes, Value: float64(read)},
		{Metric: metricEvents, Value: float64(c.events)},
		{Metric: metricRefused, Value: float64(c.refused)},
		{Metric: metricLate, Value: float64(st.Late)},
		{Metric: metricAhead, Value: float64(st.Ahead)},
		{Metric: metricUntimed, Value: float64(st.Untimed)},
		{Metric: metricErrors, Value: float64(st.Errors)},
		{Metric: metricHurried, Value: float64(st.Hurried)},
		{Metric: metricBuffered, Value: float64(st.Buffered)},
		{Metric: metricState, Value: float64(st.Bytes)},
		{Metric: metricPending, Value: float64(st.Pending)},
		{Metric: metricRules, Value: float64(len(rules))},
	}
	if !st.Watermark.IsZero() {
		r = append(r, metrics.Sample{Metric: metricWatermark, Value: seconds(st.Watermark)})
	}
	return append(r, rulesReading(rules)...)
}

// rulesReading adds up what rules of the same name count: a metric must not
// have the same labels twice.
func rulesReading(rules []eval.QueryStats) metrics.Reading {
	type key struct {
		metric   *metrics.Metric
		id, name string
	}
	var r metrics.Reading
	index := make(map[key]int)
	for _, q := range rules {
		id, name := q.Query.ID(), ""
		if rule := eql.RuleOf(q.Query); rule != nil {
			id, name = cmp.Or(rule.ID, rule.Path), rule.Name
		}
		for _, s := range []struct {
			metric *metrics.Metric
			value  float64
		}{
			{metricEvaluations, float64(q.Evaluations)},
			{metricAlerts, float64(q.Matches)},
			{metricOpen, float64(q.Open)},
			{metricEvicted, float64(q.Evicted + q.Rejected)},
			{metricExpired, float64(q.Expired)},
		} {
			if s.value == 0 {
				continue
			}
			k := key{s.metric, id, name}
			if i, ok := index[k]; ok {
				r[i].Value += s.value
				continue
			}
			index[k] = len(r)
			r = append(r, metrics.Sample{Metric: s.metric, Value: s.value, Labels: []string{id, name}})
		}
	}
	return r
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
