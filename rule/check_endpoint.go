package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parseVersion reads dotted integers.
func parseVersion(s string) (parts []int, ok bool) {
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil || len(parts) == 8 {
			return nil, false
		}
		parts = append(parts, int(n))
	}
	return parts, true
}

// compareVersions orders dotted integers; missing ones count as 0.
func compareVersions(a, b []int) int {
	for i := range max(len(a), len(b)) {
		var x, y int
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if c := cmp.Compare(x, y); c != 0 {
			return c
		}
	}
	return 0
}

func versionFormat(s *subject) {
	for _, v := range []struct{ path, text string }{
		{"rule.version", s.Version},
		{"metadata.min_stack_version", s.MinStackVersion},
		{"rule.min_endpoint_version", s.MinEndpointVersion},
		{"rule.max_endpoint_version", s.MaxEndpointVersion},
	} {
		if _, ok := parseVersion(v.text); v.text != "" && !ok {
			s.report(v.path, fmt.Sprintf("version %q is not made of numbers and dots", head(v.text)), "")
		}
	}
}

func versionOrder(s *subject) {
	lowest, ok := parseVersion(s.MinEndpointVersion)
	highest, ok2 := parseVersion(s.MaxEndpointVersion)
	if ok && ok2 && compareVersions(lowest, highest) > 0 {
		s.report("rule.max_endpoint_version", "max_endpoint_version is below min_endpoint_version", "")
	}
}

func internalVersion(s *subject) {
	if v := s.text("internal.min_endpoint_version"); v != "" && v != s.MinEndpointVersion {
		s.report("internal.min_endpoint_version", "internal.min_endpoint_version differs from rule.min_endpoint_version", "")
	}
}

var systemNames = []string{"windows", "macos", "linux"}

func osUnknown(s *subject) {
	if len(s.OS) == 0 {
		s.report("rule.os_list", "os_list names no operating system", "it holds windows, macos or linux")
	}
	for i, os := range s.OS {
		if !slices.Contains(systemNames, os) {
			s.report("rule.os_list."+strconv.Itoa(i), fmt.Sprintf("unknown operating system %q", head(os)), suggest(os, systemNames))
		}
	}
}

var actionNames = []string{"kill_process", "rollback"}

func responseUnknown(s *subject) {
	for i, r := range s.Responses {
		switch at := s.in.responseSpans[i]; {
		case !slices.Contains(actionNames, r.Action):
			s.in.add(s.kind, at, fmt.Sprintf("unknown action %q", head(r.Action)), suggest(r.Action, actionNames))
		case r.Field == "":
			s.in.add(s.kind, at, "the action has no field", "")
		}
	}
}
