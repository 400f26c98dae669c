#include "thaw/core/terminal_text.h"

#include <gtest/gtest.h>

namespace thaw {
namespace {

TEST(TerminalText, letters_of_all_alphabets_stay) {
  for (const char* text : {"Straße 7.jpg", "日本語", "🙂", "a\\b", "~"})
    EXPECT_EQ(printable(text), text);
  EXPECT_EQ(printable("two\nlines"), "two\nlines");
  EXPECT_EQ(printable_name("two\nlines"), "two\\x0alines");
}

TEST(TerminalText, what_a_terminal_would_obey_is_written_out) {
  EXPECT_EQ(printable("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(printable("a\rb\tc\x7f"), "a\\x0db\\x09c\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // CSI as one character
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "gpj"),
            "\\xe2\\x80\\xaegpj");  // from right to left
}

TEST(TerminalText, bytes_that_are_no_characters_are_written_out) {
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("caf\xe9"), "caf\\xe9");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xf0\x9f\x99"), "\\xf0\\x9f\\x99");
}

}  // namespace
}  // namespace thaw
