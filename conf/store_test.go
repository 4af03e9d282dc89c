package conf

import (
	"strings"
	"testing"
)

func TestDatabase(t *testing.T) {
	c, err := Load(Sources{Environ: []string{
		"SIGIL_DATA=/srv/data", "SIGIL_DATABASE_URL=postgres://u:secret@h/d", "SIGIL_DATABASE_APPS=chat=postgresql://h/c,notes=", "SIGIL_DATABASE_SIZE=10MiB",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "/srv/data" || c.Database.URL != "postgres://u:secret@h/d" || c.Database.Apps["chat"] != "postgresql://h/c" || c.Database.Size != 10<<20 {
		t.Errorf("got %+v", c.Database)
	}
	if url, there := c.Database.Apps["notes"]; !there || url != "" {
		t.Error("an app's own file is not told from the server's URL")
	}
}

func TestDatabaseMistakes(t *testing.T) {
	for variable, want := range map[string]string{
		"SIGIL_DATABASE_URL=mysql://h/d":       "must be postgres://",
		"SIGIL_DATABASE_APPS=chat":             `an element without "="`,
		"SIGIL_DATABASE_APPS=chat=file:x":      "that of chat must be postgres://",
		"SIGIL_DATABASE_COMMIT=never":          "must be disk or system",
		"SIGIL_DATABASE_SIZE=1kB":              "must be from 1MiB to 1048576GiB, or none",
		"SIGIL_DATABASE_CONNECTIONS=unlimited": "must be a number from 1 to 1000",
	} {
		if _, err := Load(Sources{Environ: []string{variable}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", variable, err, want)
		}
	}
}
