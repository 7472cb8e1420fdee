// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {AccountState} from "../../src/interfaces/IVault.sol";
import {LiquidationMath} from "../../src/libraries/LiquidationMath.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {MarketRules} from "../../src/types/Market.sol";
import {Position} from "../../src/types/Position.sol";
import {Base, Price, Quote} from "../../src/types/Units.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev Compares with independent arithmetic in plain integers, in the other direction where there is one.
contract LiquidationMathTest is Bounds {
    using LiquidationMath for AccountState;

    uint256 private constant WAD = 1e18;
    uint256 private constant PPM = 1e6;
    uint256 private constant MAX_SIZE = 1e27;
    uint256 private constant MAX_PRICE = 1e27;

    // --------------------------------------------------------------------------------------------------- boundaries ----

    function test_IsBelow_Boundaries() public pure {
        assertFalse(MarginMath.isBelow(Quote.wrap(100), 100));
        assertTrue(MarginMath.isBelow(Quote.wrap(99), 100));
        assertTrue(MarginMath.isBelow(Quote.wrap(-1), 0));
        assertFalse(MarginMath.isBelow(Quote.wrap(0), 0));
    }

    /// @dev Half above half of the requirement, to the wei; requirements may be odd.
    function test_Closable_Boundaries() public pure {
        AccountState memory account;
        account.size = Base.wrap(-101);
        account.value = Quote.wrap(51);
        assertEq(account.closableUp(102), 101, "exactly half is not above");
        assertEq(account.closableUp(101), 51, "half, up");
        account.value = Quote.wrap(-1);
        assertEq(account.closableUp(101), 101);
        account.value = Quote.wrap(0);
        assertEq(account.closableUp(0), 101);
    }

    function test_ToClose_Boundaries() public pure {
        AccountState memory account;
        account.size = Base.wrap(100e18);
        Price price = Price.wrap(2e18);
        assertEq(account.toClose(price, 40e18, 50e18, 120e18), 40e18, "120 are left");
        assertEq(account.toClose(price, 40e18, 50e18, 120e18 + 1), 100e18, "less than the minimum would be");
        assertEq(account.toClose(price, 40e18 + 1, 50e18, 120e18), 100e18);
        assertEq(account.toClose(price, 90e18, 50e18, 0), 50e18);
        account.isMaker = true;
        assertEq(account.toClose(price, 40e18, 50e18, type(uint96).max), 40e18, "makers are exempt");
    }

    // -------------------------------------------------------------------------------------------------------- fuzz ----

    function testFuzz_Requirement(uint256 seed, uint256 rawPrice, uint256 ratio) public pure {
        AccountState memory account = _account(seed, 0, 0, rawPrice);
        Price price = _price(rawPrice);
        account.maintenanceMarginRatio = boundRatio(ratio, 1, PPM);
        uint256 exact = account.size.abs() * price.unwrap();
        uint256 got = account.requirementCeil(price);
        // got is at least the exact ratio, and at most one wei and the ratio of one wei above it.
        assertGe(got * PPM * WAD, exact * account.maintenanceMarginRatio);
        if (got > 1) assertLt((got - 2) * PPM * WAD, exact * account.maintenanceMarginRatio);
    }

    function testFuzz_ToClose(uint256 seed, uint256 rawPrice, uint256 wanted, uint256 closable, uint256 minValue)
        public
        pure
    {
        AccountState memory account = _account(seed, 0, 0, rawPrice);
        Price price = _price(rawPrice);
        uint256 size = account.size.abs();
        closable = boundPart(closable, size);
        wanted = boundSize(wanted, 1, size * 2);
        minValue = boundQuote(minValue, 0, size * price.unwrap() / WAD + 2);
        uint256 base = account.toClose(price, wanted, closable, minValue);
        if (base == size) return;
        assertEq(base, wanted < closable ? wanted : closable);
        assertGe((size - base) * price.unwrap() + WAD - 1, minValue * WAD, "the remainder is worth the minimum");
    }

    /// @dev The penalty never exceeds the account's part of its value. The reward is the same ratio of the notional at every
    /// value (T63); what the penalty lacks of it comes from insurance, within bounty, trading fee and the insurance that a
    /// shortfall leaves.
    function testFuzz_Penalty(
        uint256 seed,
        uint256 rawPrice,
        uint256 base,
        int256 value,
        int256 insurance,
        uint256[3] memory ratios
    ) public pure {
        AccountState memory account = _account(seed, 0, 0, rawPrice);
        base = boundPart(base, account.size.abs());
        account.value = Quote.wrap(boundQuote(value, -1e36, 1e36));
        account.insurance = boundQuote(insurance, -1e36, 1e36);
        MarketRules memory rules;
        rules.liquidationPenalty = boundRatio(ratios[0]);
        rules.liquidatorShare = boundRatio(ratios[1]);
        rules.tradingFee = boundRatio(ratios[2]);
        LiquidationMath.Penalty memory result = account.penaltyDown(rules, 5e18, _price(rawPrice), base);
        uint256 notional = base * _price(rawPrice).unwrap() / WAD;
        _checkPenalty(account, result, base, notional * rules.liquidationPenalty / PPM);
        uint256 reward = notional * rules.liquidationPenalty / PPM * rules.liquidatorShare / PPM;
        uint256 most = base == account.size.abs() ? _mostBounty(account, notional * rules.tradingFee / PPM) : 0;
        assertLe(result.reward, reward);
        assertLe(result.reward, result.penalty + most, "T30");
        if (result.reward != reward) assertEq(result.reward, result.penalty + most, "T63: all of both");
    }

    function _checkPenalty(
        AccountState memory account,
        LiquidationMath.Penalty memory result,
        uint256 base,
        uint256 whole
    ) private pure {
        uint256 size = account.size.abs();
        uint256 worth = account.value.positivePart();
        assertLe(result.penalty, whole);
        assertLe(result.penalty, worth * base / size, "the part's share");
        // The margin ratio of the remainder does not fall.
        if (base != size) assertGe((worth - result.penalty) * size, worth * (size - base));
    }

    /// @dev The least of the bounty, the trading fee and the insurance that a shortfall leaves.
    function _mostBounty(AccountState memory account, uint256 fee) private pure returns (uint256 most) {
        int256 worth = account.value.unwrap();
        int256 spare = account.insurance + (worth < 0 ? worth : int256(0));
        most = spare <= 0 ? 0 : uint256(spare);
        if (most > 5e18) most = 5e18;
        if (most > fee) most = fee;
    }

    function testFuzz_QuoteAtOracle_IsTheFloor(uint256 seed, uint256 rawPrice, uint256 base) public pure {
        AccountState memory account = _account(seed, 0, 0, rawPrice);
        Price price = _price(rawPrice);
        base = boundPart(base, account.size.abs());
        int256 got = account.quoteAtOracle(price, base).unwrap();
        uint256 exact = base * price.unwrap();
        if (account.size.unwrap() > 0) {
            assertEq(got, int256(exact / WAD), "received down");
        } else {
            assertEq(got, -int256((exact + WAD - 1) / WAD), "paid up");
        }
    }

    /// @dev A full close at the bankruptcy quote leaves nothing.
    function testFuzz_BankruptcyQuote_LeavesNothing(uint256 seed, int256 margin, int256 openNotional) public pure {
        AccountState memory account = _account(seed, margin, openNotional, 1e18);
        Position memory position = _position(account);
        position.applyFill(-account.size, account.bankruptcyQuote());
        assertEq(position.size.unwrap(), 0);
        assertEq(position.openNotional.unwrap(), 0);
        assertEq(position.margin.unwrap(), 0);
    }

    /// @dev An account that can be deleveraged realises no loss and ends at or above maintenance. An account that
    /// cannot would not.
    function testFuzz_CanDeleverage(
        uint256 seed,
        int256 margin,
        int256 openNotional,
        uint256 rawPrice,
        int256 rawBase,
        int256 rawQuote,
        uint256 ratio
    ) public pure {
        AccountState memory account = _account(seed, margin, openNotional, rawPrice);
        account.maintenanceMarginRatio = boundRatio(ratio, 1, PPM);
        Price price = _price(rawPrice);
        Base base = Base.wrap(boundSize(rawBase, -int256(MAX_SIZE), int256(MAX_SIZE)));
        Quote quote = Quote.wrap(boundQuote(rawQuote, -1e36, 1e36));
        bool can = account.canDeleverage(price, base, quote);

        int256 size = account.size.unwrap();
        int256 after_ = size - base.unwrap();
        bool isReduced = size > 0 ? after_ >= 0 && after_ < size : after_ <= 0 && after_ > size;
        if (!isReduced) {
            assertFalse(can, "not on the other side");
            return;
        }
        Position memory position = _position(account);
        int256 pnl = position.applyFill(-base, -quote).unwrap();
        int256 value = position.value(price).unwrap();
        uint256 required = uint256(after_ < 0 ? -after_ : after_);
        required = (required * price.unwrap() + WAD - 1) / WAD;
        required = (required * account.maintenanceMarginRatio + PPM - 1) / PPM;
        if (can) {
            assertGe(pnl, 0, "a loss");
            // Two values were rounded down instead of one.
            assertGe(value + 1, int256(required), "below maintenance");
        } else {
            assertTrue(pnl < 0 || value - 1 < int256(required), "the account could have been deleveraged");
        }
    }

    // ----------------------------------------------------------------------------------------------------- helpers ----

    function _price(uint256 raw) private pure returns (Price) {
        return Price.wrap(boundExactPrice(raw, 1, MAX_PRICE));
    }

    /// @dev An account of any size except zero, valued at the price.
    function _account(uint256 seed, int256 margin, int256 openNotional, uint256 rawPrice)
        private
        pure
        returns (AccountState memory account)
    {
        int256 size = int256(boundPart(seed, MAX_SIZE));
        account.size = Base.wrap(seed % 2 == 0 ? size : -size);
        account.margin = Quote.wrap(boundQuote(margin, -1e30, 1e30));
        account.openNotional = Quote.wrap(boundQuote(openNotional, -1e36, 1e36));
        account.value = _position(account).value(_price(rawPrice));
    }

    function _position(AccountState memory account) private pure returns (Position memory position) {
        (position.size, position.margin, position.openNotional) = (account.size, account.margin, account.openNotional);
    }
}
