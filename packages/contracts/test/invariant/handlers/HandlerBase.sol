// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {console} from "forge-std/console.sol";
import {Deployment} from "../../../script/Deploy.s.sol";
import {AccountState} from "../../../src/interfaces/IVault.sol";
import {LiquidationMath} from "../../../src/libraries/LiquidationMath.sol";
import {MarginMath} from "../../../src/libraries/MarginMath.sol";
import {OracleMaker} from "../../../src/makers/OracleMaker.sol";
import {FeeState} from "../../../src/types/Fees.sol";
import {Position} from "../../../src/types/Position.sol";
import {Price, Quote} from "../../../src/types/Units.sol";
import {ActionLog} from "../../utils/ActionLog.sol";
import {PythDouble} from "../../utils/PythDouble.sol";
import {SpotMarket} from "../../utils/UniswapV3Local.sol";
import {TestToken} from "../../utils/TestToken.sol";

/// @dev The contracts and accounts of the handlers: two markets in one Vault. Market 0 of the arrays has two
/// OracleMakers and the spot-hedged vault between them, market 1 an OracleMaker alone.
struct World {
    Deployment d;
    PythDouble pyth;
    TestToken usd;
    TestToken weth;
    SpotMarket spot;
    address owner;
    address guardian;
    address liquidator;
    address[] takers;
    address[] lps;
    uint256[] markets;
    bytes32[] feeds;
    uint256[] prices;
    /// @dev The first OracleMaker of each market.
    OracleMaker[] oracleMakers;
    /// @dev The second OracleMaker of market 0, registered last.
    OracleMaker third;
    /// @dev Two accounts that take part in bankruptcies only.
    address debtor;
    address creditor;
}

/// @dev Ghost state, counters and the legal refusals of each action. Any other revert fails the test.
abstract contract HandlerBase is ActionLog {
    using LiquidationMath for AccountState;

    uint256 internal constant WAD = 1e18;

    World internal w;
    uint256 internal immutable usdScale;
    uint256 internal immutable baseScale;

    // ------------------------------------------------------------------------------------------------ ghost state ----

    /// @dev The last published price, WAD quote per base.
    uint256[2] public price;
    uint256[2] private _startPrice;
    /// @dev Of the first market.
    uint256 public highestPrice;
    /// @dev Seconds in which fees can have accrued: fees round at most once per account and second.
    uint256 public steps;
    /// @dev Highest open interest of each market, WAD base: the sum of longs.
    uint256[2] public maxOpenInterest;
    /// @dev Net base deposits of LPs less the shortages of H3, in the token's decimals.
    int256 public hedgedBase;
    /// @dev H2: the greatest distance from the oracle price, ppm up, of a hedge that had to be near it, of one that closed a
    /// gap, and the most that a closing taker gained against the oracle price, WAD quote.
    uint256 public widestHedge;
    uint256 public widestGapHedge;
    int256 public closersGain;
    /// @dev H3: the highest shortage after a close beyond the pro-rata part of the shortage before it, WAD quote.
    int256 public unfairShortage;
    uint256 public vaultDonations;
    /// @dev Net collateral that entered the market without a spot market, in its decimals.
    int256 public secondMarketFlow;
    /// @dev Market 1 has lost its feed and settled; its price stays.
    bool public isSettled;
    mapping(bytes32 action => mapping(bytes4 selector => bool)) private _legal;

    constructor(World memory world) {
        w = world;
        usdScale = 10 ** (18 - world.usd.decimals());
        baseScale = 10 ** (18 - world.weth.decimals());
        (price[0], price[1]) = (world.prices[0], world.prices[1]);
        _startPrice = price;
        highestPrice = price[0];
        hedgedBase = int256(uint256(world.d.spotHedgeBaseMaker.assetBalance()));
        secondMarketFlow = int256(uint256(world.d.lens.marketOf(world.markets[1]).balance));
    }

    /// @dev L5: insurance does not pay for the action. Liquidation, deleveraging and bad debt do not have this
    /// modifier; they check the payments of insurance themselves.
    modifier insuranceUntouched() {
        int256[2] memory before = [_insurance(0), _insurance(1)];
        _;
        assertGe(_insurance(0), before[0], "L5: insurance paid");
        assertGe(_insurance(1), before[1], "L5: insurance of the other market paid");
        _trackOpenInterest();
    }

    // ---------------------------------------------------------------------------------------------------- refusals ----

    /// @dev Declares several actions. `actions` has their names, separated by spaces.
    function _declareAll(bytes memory actions) internal {
        bytes32 action;
        uint256 length;
        for (uint256 i = 0; i < actions.length; ++i) {
            if (actions[i] != " ") {
                action |= bytes32(actions[i]) >> (8 * length++);
                continue;
            }
            _declare(action);
            (action, length) = (0, 0);
        }
        _declare(action);
    }

    /// @dev The errors with which an action may revert: their selectors, packed.
    function _allow(bytes32 action, bytes memory selectors) internal {
        for (uint256 i = 0; i < selectors.length; i += 4) {
            bytes4 selector;
            assembly ("memory-safe") {
                selector := mload(add(add(selectors, 0x20), i))
            }
            _legal[action][selector] = true;
        }
    }

    function _refuse(bytes32 action, bytes memory reason) internal {
        if (!_legal[action][bytes4(reason)]) {
            console.log("%s was refused:", _name(action));
            console.logBytes(reason);
            fail();
        }
        _countRefusal(action);
    }

    // ------------------------------------------------------------------------------------------------------- world ----

    /// @dev Publishes both prices again, one second later, so that they are fresh. A dead feed publishes nothing.
    function _publish() internal {
        _skip(1);
        for (uint256 m = 0; m < (isSettled ? 1 : 2); ++m) {
            uint64 time = uint64(vm.getBlockTimestamp());
            int64 pythPrice = int64(uint64(price[m] / 1e10));
            bytes[] memory update = new bytes[](1);
            update[0] = w.pyth.createPriceFeedUpdateData(w.feeds[m], pythPrice, 0, -8, pythPrice, 0, time, time - 1);
            vm.deal(address(this), 1);
            w.pyth.updatePriceFeeds{value: 1}(update);
        }
    }

    function _skip(uint256 time) internal {
        skip(time);
        ++steps;
    }

    /// @dev Within a hundredth and a hundred times the first price, to eight decimals.
    function _setPrice(uint256 m, uint256 wanted) internal {
        if (m == 1 && isSettled) return;
        price[m] = boundPrice(wanted, _startPrice[m] / 100, _startPrice[m] * 100);
        if (m == 0 && price[0] > highestPrice) highestPrice = price[0];
    }

    function _mintFor(TestToken token, address account, address spender, uint256 amount) internal {
        token.mint(account, amount);
        vm.prank(account);
        token.approve(spender, amount);
    }

    function _trackOpenInterest() internal {
        for (uint256 m = 0; m < 2; ++m) {
            FeeState memory fees = w.d.lens.feeStateOf(w.markets[m]);
            uint256 longs = fees.takerLong + fees.makerLong;
            if (longs > maxOpenInterest[m]) maxOpenInterest[m] = longs;
        }
    }

    // ------------------------------------------------------------------------------------------------------- reads ----

    /// @dev A market that is not settled.
    function _pick(uint256 m) internal view returns (uint256) {
        return isSettled ? 0 : m % 2;
    }

    function _oracleMaker(uint256 m, uint256 seed) internal view returns (address) {
        return address(m == 0 && seed % 3 == 0 ? w.third : w.oracleMakers[m]);
    }

    function _startOf(uint256 m) internal view returns (uint256) {
        return _startPrice[m];
    }

    function _taker(uint256 seed) internal view returns (address) {
        return w.takers[seed % w.takers.length];
    }

    /// @dev The accounts that can be liquidated, deleveraged or settled in a market, except the liquidator: takers,
    /// debtor, creditor and makers. Some makers occur twice in market 1, which has fewer.
    function _accountCount() internal view returns (uint256) {
        return w.takers.length + 5;
    }

    function _account(uint256 m, uint256 i) internal view returns (address) {
        i %= _accountCount();
        if (i < w.takers.length) return w.takers[i];
        i -= w.takers.length;
        if (i == 0) return w.debtor;
        if (i == 1) return w.creditor;
        if (i == 2 || m == 1) return address(w.oracleMakers[m]);
        return i == 3 ? address(w.d.spotHedgeBaseMaker) : address(w.third);
    }

    function _lp(uint256 seed) internal view returns (address) {
        return w.lps[seed % w.lps.length];
    }

    /// @dev The account less pending fees at the published price, computed from public views.
    function _state(uint256 m, address account) internal view returns (AccountState memory state) {
        uint256 id = w.markets[m];
        Position memory position = w.d.vault.positionOf(id, account);
        (int256 funding, int256 borrowing) = w.d.vault.pendingFeesOf(id, account);
        position.margin = position.margin - Quote.wrap(funding + borrowing);
        (state.size, state.openNotional, state.margin) = (position.size, position.openNotional, position.margin);
        state.value = position.value(Price.wrap(price[m]));
        state.isMaker = position.isMaker;
        (state.initialMarginRatio, state.maintenanceMarginRatio) = w.d.lens.marginRatiosOf(id);
        state.insurance = _insurance(m);
    }

    function _sizeOf(uint256 m, address account) internal view returns (int256) {
        return w.d.vault.positionOf(w.markets[m], account).size.unwrap();
    }

    function _insurance(uint256 m) internal view returns (int256) {
        return w.d.lens.marketOf(w.markets[m]).insurance;
    }

    function _isLiquidatable(uint256 m, AccountState memory account) internal view returns (bool) {
        return MarginMath.isBelow(account.value, account.requirementCeil(Price.wrap(price[m])));
    }

    function _initialRequirement(uint256 m, AccountState memory account) internal view returns (int256) {
        uint256 notional = account.size.notionalCeil(Price.wrap(price[m]));
        return int256(MarginMath.requirementCeil(notional, account.initialMarginRatio));
    }

    /// @dev L6 after a trade, computed independently from the Vault's state before and after it.
    function _checkL6(uint256 m, AccountState memory before, AccountState memory now_) internal view {
        int256 value = now_.value.unwrap();
        if (!before.size.isReducedBy(now_.size - before.size)) {
            assertGe(value, _initialRequirement(m, now_), "L6: below initial margin after an increase");
            return;
        }
        if (now_.size.isZero()) {
            assertGe(value, 0, "L6: closed below zero");
            return;
        }
        if (!_isLiquidatable(m, now_)) return;
        assertTrue(_isLiquidatable(m, before), "L6: a reduction led below maintenance");
        int256 notional = int256(now_.size.notionalCeil(Price.wrap(price[m])));
        int256 notionalBefore = int256(before.size.notionalCeil(Price.wrap(price[m])));
        assertGe(value * notionalBefore, before.value.unwrap() * notional, "L6: margin ratio fell");
    }
}
