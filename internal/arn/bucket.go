package arn

import (
	"regexp"
	"strings"
)

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// IsBucket reports whether Amazon S3 would give a bucket this name. It has no place for paths.
func IsBucket(name string) bool { return bucketName.MatchString(name) && !strings.Contains(name, "..") }
