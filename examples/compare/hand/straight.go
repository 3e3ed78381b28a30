package hand

import (
	"net/netip"
	"slices"
	"strings"
)

func straightShadowCopy(e *Event) bool {
	if !has(e.category, "process") || e.os != "windows" || !has(e.kind, "start") {
		return false
	}
	if e.original != "Cmd.Exe" && e.original != "PowerShell.EXE" && e.name != "cmd.exe" && e.name != "powershell.exe" {
		return false
	}
	link := false
	for _, a := range e.args {
		if strings.Contains(a, "mklink") || strings.Contains(a, "symboliclink") {
			link = true
			break
		}
	}
	return link && strings.Contains(e.commandLine, "harddiskvolumeshadowcopy")
}

func straightCurl(query string) func(*Event) bool {
	parents := setOf(listBehind(query, "process.parent.name :"))
	return func(e *Event) bool {
		return has(e.category, "process") && e.os == "windows" && has(e.kind, "start") &&
			(onDrive(e.executable, `:\windows\system32\curl.exe`) || onDrive(e.executable, `:\windows\syswow64\curl.exe`)) &&
			strings.Contains(e.commandLine, "http") &&
			parents[e.parentName] &&
			(e.userID != "S-1-5-18" || e.dataset == "windows.sysmon_operational" || e.dataset == "windows.sysmon") &&
			e.integrity != "System"
	}
}

// onDrive reports whether path is a letter of a drive and then rest.
func onDrive(path, rest string) bool { return len(path) == 1+len(rest) && path[1:] == rest }

func straightWebServer(query string) func(*Event) bool {
	names := listBehind(query, "process.name like")
	exactNames := setOf(slices.DeleteFunc(names, func(n string) bool { return n == "php-fpm*" }))
	users, ids := listBehind(query, "user.name in"), listBehind(query, "user.id in")
	var blocks []netip.Prefix
	for _, block := range listBehind(query, "cidrmatch")[1:] {
		if !strings.Contains(block, "/") {
			block += "/128"
		}
		blocks = append(blocks, netip.MustParsePrefix(block))
	}
	return func(e *Event) bool {
		if !has(e.category, "network") || e.os != "windows" || !has(e.kind, "start") || e.action != "connection_attempted" {
			return false
		}
		if !exactNames[e.exactName] && !strings.HasPrefix(e.exactName, "php-fpm") && !has(users, e.userName) && !has(ids, e.userID) {
			return false
		}
		if e.direction != "egress" || !e.destination.IsValid() {
			return false
		}
		switch e.port {
		case 80, 443, 8080, 8443, 8000, 8888, 3128, 3306, 5432, 8220, 8082:
			return false
		}
		for _, block := range blocks {
			if block.Contains(e.destination) {
				return false
			}
		}
		return true
	}
}

func has(texts []string, s string) bool {
	for _, t := range texts {
		if s == t {
			return true
		}
	}
	return false
}

func setOf(texts []string) map[string]bool {
	set := make(map[string]bool)
	for _, t := range texts {
		set[t] = true
	}
	return set
}

// listBehind returns the items of the list that follows some words of a query,
// without their quotes.
func listBehind(query, words string) []string {
	_, rest, _ := strings.Cut(query, words)
	_, rest, _ = strings.Cut(rest, "(")
	rest, _, _ = strings.Cut(rest, ")")
	items := strings.Split(rest, ",")
	for i, item := range items {
		items[i] = strings.Trim(item, "\" \n")
	}
	return items
}
