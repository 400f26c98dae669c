#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

/// Of two, one would never be used.
TEST(Rules, AreOneForEachOperation) {
  std::set<std::string_view> seen;
  for (const RuleFamily* family : rule_families::all())
    for (const Rule& rule : family->rules) EXPECT_TRUE(seen.insert(rule.op).second) << rule.op;
  EXPECT_GT(seen.size(), 100U);
}

}  // namespace
}  // namespace thaw::foreign
