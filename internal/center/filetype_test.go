package center

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// archive is the beginning of a ZIP archive with these names.
func archive(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		header := make([]byte, 30)
		copy(header, "PK\x03\x04")
		binary.LittleEndian.PutUint16(header[26:], uint16(len(name)))
		b.Write(header)
		b.WriteString(name + strings.Repeat("content", 20))
	}
	return b.String()
}

func wide(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

func TestFileContents(t *testing.T) {
	t.Parallel()
	const office = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"
	long := strings.Repeat("text ", 20_000)
	for _, tt := range []struct {
		name, content string
		want          bool
	}{
		{"a.txt", "Grüße", true},
		{"a.txt", "Gr\xfc\xdfe in Latin-1\r\n", true},
		{"a.txt", "<html>is text</html>", true},
		{"a.txt", wide("発票"), true},
		{"a.txt", wide("発票") + "x", false},
		{"a.txt", "The free text", true},
		{"a.txt", `{\rtf is text as well`, true},
		{"a.txt", "a\x00b", false},
		{"a.txt", long + "\x01", false},
		{"a.txt", long, true},
		{"a.txt", "%PDF-1.7", false},
		{"a.csv", "a,b\n1,2\n", true},
		{"a.csv", archive("xl/workbook.xml"), false},
		{"a.pdf", "%PDF-1.7 ...", true},
		{"a.pdf", "<html>", false},
		{"a.pdf", "", false},
		{"a.png", "\x89PNG\r\n\x1a\n...", true},
		{"a.png", "\xff\xd8\xff\xe0", false},
		{"a.jpg", "\xff\xd8\xff\xe0", true},
		{"a.JFIF", "\xff\xd8\xff\xe1", true},
		{"a.jpeg", "GIF89a", false},
		{"a.doc", office, true},
		{"a.xls", office, true},
		{"a.ppt", "<html>", false},
		{"a.docx", archive("[Content_Types].xml", "_rels/.rels", "word/document.xml"), true},
		{"a.docx", archive("[Content_Types].xml", "xl/workbook.xml"), false},
		{"a.xlsx", archive("xl/workbook.xml"), true},
		{"a.pptx", archive("docProps/app.xml", "ppt/presentation.xml"), true},
		{"a.pptx", archive("run.exe"), false},
		{"a.pptx", "PK\x03\x04", false},
		{"a.rtf", `{\rtf1\ansi`, true},
		{"a.rtf", "text", false},
		{"a.heic", "\x00\x00\x00\x18ftypheic....", true},
		{"a.heic", "\x00\x00\x00\x18ftypmp42....", false},
		{"a.mp4", "\x00\x00\x00\x18ftypisom....", true},
		{"a.mp4", "\x00\x00\x00\x18ftypM4V ....", true},
		{"a.mp4", "\x00\x00\x00\x14ftypqt  ", false},
		{"a.mov", "\x00\x00\x00\x14ftypqt  ", true},
		{"a.mov", "\x00\x00\x00\x08wide....", true},
		{"a.mov", "....", false},
		{"a.wav", "RIFF\x00\x00\x00\x00WAVEfmt ", true},
		{"a.wav", "RIFF\x00\x00\x00\x00AVI LIST", false},
	} {
		got, err := holds(tt.name, strings.NewReader(tt.content))
		if err != nil || got != tt.want {
			t.Errorf("%s with %.20q: %v, %v, want %v", tt.name, tt.content, got, err, tt.want)
		}
	}
	for name, kind := range fileTypes {
		for _, contentType := range kind.types {
			if why := fileProblem("x"+name, contentType); why != "" {
				t.Errorf("%s as %s: %s", name, contentType, why)
			}
		}
	}
}

// FuzzFileContents: whatever is uploaded, it is of one kind or of none, and nothing breaks.
func FuzzFileContents(f *testing.F) {
	f.Add("a.docx", []byte(archive("word/document.xml")))
	f.Add("a.txt", []byte("text"))
	f.Add("a.mov", []byte("\x00\x00\x00\x14ftypqt  "))
	f.Add("\x00/..", []byte{})
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		if fileProblem(name, "text/plain") == "" && ending(name) != ".txt" {
			t.Errorf("%q is no text", name)
		}
		if _, known := fileTypes[ending(name)]; !known {
			return
		}
		if _, err := holds(name, strings.NewReader(string(content))); err != nil {
			t.Error(err)
		}
	})
}
