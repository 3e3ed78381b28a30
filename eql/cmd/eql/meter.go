package main

import (
	"cmp"
	"time"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/metrics"
)

// The metrics. Those of rules are there for rules that have something to show.
var (
	metricBytes           = metrics.Counter("eql_input_bytes_total", "Bytes read from inputs, before decompression.")
	metricEvents          = metrics.Counter("eql_events_total", "Events evaluated.")
	metricRefused         = metrics.Counter("eql_events_refused_total", "Events that could not be read.")
	metricLate            = metrics.Counter("eql_events_late_total", "Events that came too late for sequences; see --lateness.")
	metricAhead           = metrics.Counter("eql_events_ahead_total", "Events too far in the future to be believed; see --max-jump.")
	metricUntimed         = metrics.Counter("eql_events_untimed_total", "Events without a time, which sequences did not see.")
	metricErrors          = metrics.Counter("eql_condition_errors_total", "Conditions that met an error, such as a division by zero.")
	metricHurried         = metrics.Counter("eql_watermark_hurries_total", "Times that late events could not be waited for, for lack of room.")
	metricBuffered        = metrics.Gauge("eql_events_buffered", "Events that wait for late ones before them.")
	metricWatermark       = metrics.Gauge("eql_watermark_timestamp_seconds", "Event time up to which sequences are decided.")
	metricState           = metrics.Gauge("eql_state_bytes", "Memory that state takes with the events in it, about.")
	metricPending         = metrics.Gauge("eql_pending_absences", "Partial matches that only wait for an event to stay away.")
	metricRules           = metrics.Gauge("eql_rules", "Rules that run.")
	metricCheckpoints     = metrics.Counter("eql_checkpoints_total", "Checkpoints by how they ended.", "result")
	metricCheckpointBytes = metrics.Gauge("eql_checkpoint_bytes", "Size of the last checkpoint.")
	metricCheckpointTook  = metrics.Gauge("eql_checkpoint_seconds", "Time that the last checkpoint took.")
	metricReloads         = metrics.Counter("eql_reloads_total", "Times that the rules were read anew, by what came of it.", "result")
	metricEvaluations     = metrics.Counter("eql_rule_evaluations_total", "Conditions tested.", "rule", "name")
	metricAlerts          = metrics.Counter("eql_rule_alerts_total", "Alerts given.", "rule", "name")
	metricOpen            = metrics.Gauge("eql_rule_open_partials", "Partial matches that are waiting.", "rule", "name")
	metricEvicted         = metrics.Counter("eql_rule_evictions_total", "Partial matches dropped for lack of room.", "rule", "name")
	metricExpired         = metrics.Counter("eql_rule_expiries_total", "Partial matches that maxspan has outlived.", "rule", "name")
)

// reading returns what there is to show of the run. Its counters are those of this
// process: what a state file remembers would step back after a crash.
func (s *service) reading() metrics.Reading {
	st, rules, f, c := s.feed.stats(), s.feed.machine.QueryStats(), s.feed, s.counters
	r := metrics.Reading{
		{Metric: metricBytes, Value: float64(f.reader.Read())},
		{Metric: metricEvents, Value: float64(f.events)},
		{Metric: metricRefused, Value: float64(f.refused)},
		{Metric: metricLate, Value: float64(st.Late)},
		{Metric: metricAhead, Value: float64(st.Ahead)},
		{Metric: metricUntimed, Value: float64(st.Untimed)},
		{Metric: metricErrors, Value: float64(st.Errors)},
		{Metric: metricHurried, Value: float64(st.Hurried)},
		{Metric: metricBuffered, Value: float64(st.Buffered)},
		{Metric: metricState, Value: float64(st.Bytes)},
		{Metric: metricPending, Value: float64(st.Pending)},
		{Metric: metricRules, Value: float64(len(rules))},
		{Metric: metricCheckpoints, Value: float64(c.checkpoints), Labels: []string{"saved"}},
		{Metric: metricCheckpoints, Value: float64(c.failures), Labels: []string{"failed"}},
		{Metric: metricCheckpointBytes, Value: float64(c.checkpointSize)},
		{Metric: metricCheckpointTook, Value: c.checkpointTook.Seconds()},
		{Metric: metricReloads, Value: float64(c.reloads), Labels: []string{"exchanged"}},
		{Metric: metricReloads, Value: float64(c.refusedReloads), Labels: []string{"refused"}},
	}
	if !st.Watermark.IsZero() {
		r = append(r, metrics.Sample{Metric: metricWatermark, Value: seconds(st.Watermark)})
	}
	return append(r, rulesReading(rules, s.before)...)
}

// rulesReading adds up what rules of the same name count: a metric must not
// have the same labels twice. What they had counted before is left out.
func rulesReading(rules []eql.QueryStats, before map[ruleKey]eql.QueryStats) metrics.Reading {
	type key struct {
		metric   *metrics.Metric
		id, name string
	}
	var r metrics.Reading
	index := make(map[key]int)
	for _, q := range rules {
		rule, old := eql.RuleOf(q.Query), before[keyOf(q.Query)]
		id, name := cmp.Or(rule.ID, rule.Path), rule.Name
		for _, s := range []struct {
			metric *metrics.Metric
			value  float64
		}{
			{metricEvaluations, grown(q.Evaluations, old.Evaluations)},
			{metricAlerts, grown(q.Matches, old.Matches)},
			{metricOpen, float64(q.Open)},
			{metricEvicted, grown(q.Evicted+q.Rejected, old.Evicted+old.Rejected)},
			{metricExpired, grown(q.Expired, old.Expired)},
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

// grown returns by how much a count has grown.
func grown(now, before uint64) float64 { return float64(now - min(before, now)) }

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
