package load

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// clockTick is the unit of the CPU times in /proc/PID/stat: USER_HZ, which is 100 on every Linux that Go runs on.
const clockTick = 10 * time.Millisecond

// A Process is a server under measurement, by its process id.
type Process int

// CPU returns the user and system time of the process and of its descendants that are still there, in steps of 10 ms.
func (p Process) CPU() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", int(p)))
	if err != nil {
		return 0, fmt.Errorf("reading CPU time: %w", err)
	}
	total, err := parseStat(string(stat))
	if err != nil {
		return 0, err
	}
	for _, child := range p.children() {
		if cpu, err := child.CPU(); err == nil { // one that has just ended counts no more
			total += cpu
		}
	}
	return total, nil
}

// ResidentBytes returns the memory of the process and its descendants that is in RAM, as /proc/PID/smaps_rollup counts it. That
// walks the page tables: milliseconds for a large process.
func (p Process) ResidentBytes() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", int(p)))
	if err != nil {
		return 0, fmt.Errorf("reading resident memory: %w", err)
	}
	total, err := parseRollup(string(text))
	if err != nil {
		return 0, err
	}
	for _, child := range p.children() {
		if n, err := child.ResidentBytes(); err == nil {
			total += n
		}
	}
	return total, nil
}

func (p Process) children() []Process {
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", int(p)))
	var out []Process
	for _, task := range tasks {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", int(p), task.Name()))
		for _, field := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(field); err == nil {
				out = append(out, Process(pid))
			}
		}
	}
	return out
}

// parseStat reads utime and stime, fields 14 and 15 of proc(5). The name, field 2, may hold blanks and parentheses.
func parseStat(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("CPU time: %q is too short", stat)
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	if err1 != nil || err2 != nil {
		return 0, fmt.Errorf("CPU time: %q and %q are no numbers", fields[11], fields[12])
	}
	return time.Duration(user+system) * clockTick, nil
}

func parseRollup(text string) (int64, error) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "Rss:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("resident memory: %w", err)
			}
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("resident memory: no line Rss in %d bytes", len(text))
}
