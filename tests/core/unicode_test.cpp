#include "thaw/core/unicode.h"

#include <gtest/gtest.h>

namespace thaw {
namespace {

TEST(Unicode, names_that_look_alike_are_one_in_form_c) {
  EXPECT_EQ(to_nfc("cafe\u0301"), "caf\u00e9");
  EXPECT_EQ(to_nfc("caf\u00e9"), "caf\u00e9");
  EXPECT_EQ(to_nfc("A\u030a"), to_nfc("\u212b"));     // Å, and the sign of the ångström
  EXPECT_EQ(to_nfc("\u1112\u1161\u11ab"), "\ud55c");  // 한 of three parts
  EXPECT_EQ(to_nfc("q\u0323\u0307"), to_nfc("q\u0307\u0323"));  // marks in either order
  EXPECT_NE(to_nfc("\ufb01"), "fi");                            // looks alike only nearly
}

TEST(Unicode, what_is_no_utf_8_stays_as_it_is) {
  const std::string latin_1 = "caf\xe9";
  EXPECT_EQ(to_nfc(latin_1), latin_1);
  EXPECT_EQ(to_nfc(""), "");
}

}  // namespace
}  // namespace thaw
