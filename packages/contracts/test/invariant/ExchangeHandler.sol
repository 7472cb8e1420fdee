// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Test, console} from "forge-std/Test.sol";
import {MockPyth} from "@pythnetwork/pyth-sdk-solidity/MockPyth.sol";
import {Deployment} from "../../script/Deploy.s.sol";
import {IClearingHouse, TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IMaker} from "../../src/interfaces/IMaker.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {LpVault} from "../../src/makers/LpVault.sol";
import {SpotHedgeBaseMaker} from "../../src/makers/SpotHedgeBaseMaker.sol";
import {Position} from "../../src/types/Position.sol";
import {Price} from "../../src/types/Units.sol";
import {TestToken} from "../utils/TestToken.sol";
import {SpotMarket} from "../utils/UniswapV3Local.sol";

/// @dev Legal actions of traders, LPs, the oracle, the spot market and donors, bounded from live state. An action that
/// must not be refused is called plainly; one that may be is allowed the errors in {_isLegalRefusal} and no other.
contract ExchangeHandler is Test {
    uint256 private constant WAD = 1e18;
    /// @dev What a share may lose, relative: 1e-12 (virtual shares of 1e6 against a supply of at least 1e18).
    uint256 private constant SHARE_DUST = 1e12;

    Deployment private d;
    MockPyth private immutable pyth;
    TestToken private immutable usd;
    TestToken private immutable weth;
    SpotMarket private immutable spot;
    bytes32 private immutable feed;
    uint256 private immutable market;
    uint256 private immutable usdScale;
    uint256 private immutable baseScale;

    address[] public takers;
    address[] public lps;

    // ------------------------------------------------------------------------------------------------ ghost state ----

    /// @dev WAD quote per base, as published last.
    uint256 public price;
    /// @dev Base that LPs brought less what they took, in the token's decimals.
    int256 public lpBaseFlow;
    uint256 public vaultDonations;
    /// @dev Collateral that came in less what went out, donations aside, in its decimals.
    int256 public collateralFlow;
    mapping(bytes32 action => uint256 calls) public done;
    mapping(bytes32 action => uint256 calls) public refused;
    bytes32[] private _actions;

    constructor(
        Deployment memory d_,
        MockPyth pyth_,
        TestToken usd_,
        TestToken weth_,
        SpotMarket spot_,
        bytes32 feed_,
        address[] memory takers_,
        address[] memory lps_
    ) {
        (d, pyth, usd, weth, spot, feed) = (d_, pyth_, usd_, weth_, spot_, feed_);
        (takers, lps, market) = (takers_, lps_, d_.marketId);
        usdScale = 10 ** (18 - usd_.decimals());
        baseScale = 10 ** (18 - weth_.decimals());
        price = 2000e18;
        lpBaseFlow = int256(uint256(d_.spotHedgeBaseMaker.assetBalance()));
        collateralFlow = int256(usd_.balanceOf(address(d_.vault)));
    }

    // ----------------------------------------------------------------------------------------------------- trades ----

    /// @dev Any of the four kinds, up to what the account could afford at first.
    function tradeOracleMaker(uint256 takerSeed, uint256 amount, bool isBaseToQuote, bool isExactInput) external {
        _publish();
        _trade("trade.om", _order(takerSeed, address(d.oracleMaker), isBaseToQuote, isExactInput, amount));
    }

    function tradeSpotHedge(uint256 takerSeed, uint256 amount, bool isBaseToQuote, bool isExactInput) external {
        _publish();
        _trade("trade.shb", _order(takerSeed, address(d.spotHedgeBaseMaker), isBaseToQuote, isExactInput, amount));
    }

    /// @dev The same with the pool brought back to the oracle price first, as arbitrageurs do.
    function tradeSpotHedgeNearOracle(uint256 takerSeed, uint256 amount, bool isBaseToQuote, bool isExactInput)
        external
    {
        _publish();
        spot.moveTo(price);
        _trade("trade.shb", _order(takerSeed, address(d.spotHedgeBaseMaker), isBaseToQuote, isExactInput, amount));
    }

    /// @dev A reduction by any fraction, sizes finer than the base token's unit included.
    function reduce(uint256 takerSeed, uint256 fraction, bool useOracleMaker) external {
        _publish();
        address taker = _pick(takers, takerSeed);
        int256 size = _sizeOf(taker);
        if (size == 0) return;
        bool isLong = size > 0;
        uint256 amount = _bound(fraction, 1, uint256(isLong ? size : -size));
        address maker = useOracleMaker ? address(d.oracleMaker) : address(d.spotHedgeBaseMaker);
        _trade("reduce", _reduceOnly(taker, maker, isLong, amount));
    }

    /// @dev T9: a close that reduces the OracleMaker's inventory trades at the oracle price and must go through whatever
    /// the maker's health, if the account is worth something.
    function closeAgainstOracleMaker(uint256 takerSeed) external {
        _publish();
        address taker = _pick(takers, takerSeed);
        int256 size = _sizeOf(taker);
        int256 makerSize = _sizeOf(address(d.oracleMaker));
        bool isMatched = size > 0 ? makerSize <= -size : makerSize >= -size;
        if (size == 0 || !isMatched || _valueOf(taker) < 2) return;
        int256 valueBefore = _valueOf(taker);
        vm.prank(taker);
        d.clearingHouse.trade(_reduceOnly(taker, address(d.oracleMaker), size > 0, type(uint256).max));
        assertEq(_sizeOf(taker), 0, "whole position closed");
        assertApproxEqAbs(_valueOf(taker), valueBefore, 2, "a reducing trade pays no premium");
        _count("close.om");
    }

    // ------------------------------------------------------------------------------------------- funds and margin ----

    function deposit(uint256 takerSeed, uint256 amount) external {
        address taker = _pick(takers, takerSeed);
        amount = _bound(amount, 1, 1_000_000e18 / usdScale);
        _mintFor(usd, taker, address(d.vault), amount);
        vm.prank(taker);
        assertEq(d.vault.deposit(taker, amount), amount);
        collateralFlow += int256(amount);
        _count("deposit");
    }

    /// @dev L3: whoever has a fund gets it, always.
    function withdraw(uint256 takerSeed, uint256 amount) external {
        address taker = _pick(takers, takerSeed);
        uint256 fund = d.vault.fundOf(taker);
        if (fund == 0) return;
        amount = _bound(amount, 1, fund);
        vm.prank(taker);
        d.vault.withdraw(amount, taker);
        collateralFlow -= int256(amount);
        _count("withdraw");
    }

    function addMargin(uint256 takerSeed, uint256 amount) external {
        address taker = _pick(takers, takerSeed);
        uint256 fund = d.vault.fundOf(taker);
        if (fund == 0) return;
        amount = _bound(amount, 1, fund);
        vm.prank(taker);
        d.vault.transferFundToMargin(market, taker, amount);
        _count("addMargin");
    }

    function removeMargin(uint256 takerSeed, uint256 amount) external {
        _publish();
        address taker = _pick(takers, takerSeed);
        int256 margin = d.vault.positionOf(market, taker).margin.unwrap();
        if (margin < int256(usdScale)) return;
        amount = _bound(amount, 1, uint256(margin) / usdScale);
        vm.prank(taker);
        try d.vault.transferMarginToFund(market, taker, amount) {
            _count("removeMargin");
        } catch (bytes memory reason) {
            _refuse("removeMargin", reason);
        }
    }

    // -------------------------------------------------------------------------------------------------------- LPs ----

    function lpDeposit(uint256 lpSeed, uint256 amount, bool useOracleMaker) external {
        _publish();
        address lp = _pick(lps, lpSeed);
        (LpVault maker, TestToken token) = _lpVault(useOracleMaker);
        amount = _bound(amount, 1e15, useOracleMaker ? 500_000e18 : 100e18) / (useOracleMaker ? usdScale : baseScale);
        uint256 sharePrice = maker.sharePrice();
        _mintFor(token, lp, address(maker), amount);
        vm.prank(lp);
        // Must not be refused while shares are worth anything.
        try maker.deposit(amount) returns (uint256) {
            _count("lp.deposit");
        } catch (bytes memory reason) {
            assertEq(sharePrice < WAD / 1e12 ? bytes4(reason) : bytes4(0), LpVault.VaultInsolvent.selector, "refused");
            refused["lp.deposit"]++;
            return;
        }
        if (useOracleMaker) collateralFlow += int256(amount);
        else lpBaseFlow += int256(amount);
        _checkShareValue(maker, sharePrice);
    }

    function lpWithdraw(uint256 lpSeed, uint256 shares, bool useOracleMaker) external {
        _publish();
        address lp = _pick(lps, lpSeed);
        (LpVault maker,) = _lpVault(useOracleMaker);
        uint256 balance = maker.balanceOf(lp);
        if (balance == 0) return;
        shares = _bound(shares, 1, balance);
        uint256 sharePrice = maker.sharePrice();
        uint256 usdBefore = usd.balanceOf(lp);
        vm.prank(lp);
        try maker.withdraw(shares) returns (uint256 amount) {
            if (!useOracleMaker) lpBaseFlow -= int256(amount);
            collateralFlow -= int256(usd.balanceOf(lp) - usdBefore);
            _checkShareValue(maker, sharePrice);
            _count("lp.withdraw");
        } catch (bytes memory reason) {
            _refuse("lp.withdraw", reason);
        }
    }

    // --------------------------------------------------------------------------------------------- the world outside ----

    /// @dev Up to 90% down or 90% up, within 20 to 200,000. The pool follows or does not.
    function jumpPrice(uint256 factor, bool poolFollows) external {
        factor = _bound(factor, 0.1e18, 1.9e18);
        uint256 next = _bound(price * factor / WAD, 20e18, 200_000e18);
        price = next / 1e10 * 1e10;
        _publish();
        if (poolFollows) spot.moveTo(price);
        _count("jumpPrice");
    }

    /// @dev Moves of a market on an ordinary day, the pool within a percent of it.
    function driftPrice(uint256 factor, uint256 poolFactor) external {
        uint256 next = _bound(price * _bound(factor, 0.98e18, 1.02e18) / WAD, 20e18, 200_000e18);
        price = next / 1e10 * 1e10;
        _publish();
        spot.moveTo(price * _bound(poolFactor, 0.99e18, 1.01e18) / WAD);
        _count("driftPrice");
    }

    /// @dev Tokens that nobody is credited with.
    function donate(uint256 amount, uint256 target) external {
        amount = _bound(amount, 1, 10_000e18);
        if (target % 4 == 0) {
            usd.mint(address(d.vault), amount / usdScale);
            vaultDonations += amount / usdScale;
        } else if (target % 4 == 1) {
            usd.mint(address(d.oracleMaker), amount / usdScale);
        } else if (target % 4 == 2) {
            weth.mint(address(d.spotHedgeBaseMaker), amount / baseScale);
        } else {
            weth.mint(address(d.vault), amount / baseScale);
        }
        _count("donate");
    }

    function passTime(uint256 time) external {
        skip(_bound(time, 1, 1 days));
        _count("passTime");
    }

    // ------------------------------------------------------------------------------------------------------ reads ----

    function actionCount() external view returns (uint256) {
        return _actions.length;
    }

    function takerCount() external view returns (uint256) {
        return takers.length;
    }

    function lpCount() external view returns (uint256) {
        return lps.length;
    }

    function printCalls() external view {
        for (uint256 i = 0; i < _actions.length; ++i) {
            bytes32 action = _actions[i];
            console.log("%s: %d done, %d refused", string(abi.encodePacked(action)), done[action], refused[action]);
        }
    }

    // --------------------------------------------------------------------------------------------------- internal ----

    function _trade(bytes32 action, TradeParams memory params) private {
        int256 makerBefore = _sizeOf(params.maker);
        int256 takerBefore = _sizeOf(params.taker);
        vm.prank(params.taker);
        try d.clearingHouse.trade(params) returns (int256 base, int256 quote) {
            assertEq(base < 0, params.isBaseToQuote, "side");
            assertEq(params.isBaseToQuote ? quote >= 0 : quote <= 0, true, "side of quote");
            assertEq(_sizeOf(params.taker), takerBefore + base, "taker's size");
            assertEq(_sizeOf(params.maker), makerBefore - base, "maker's size");
            _count(action);
        } catch (bytes memory reason) {
            _refuse(action, reason);
        }
    }

    /// @dev Spread over magnitudes up to 40 base. Representable in any base token of 8 decimals or more.
    function _order(uint256 takerSeed, address maker, bool isBaseToQuote, bool isExactInput, uint256 amount)
        private
        view
        returns (TradeParams memory)
    {
        uint256 base = _bound(amount, 1e15, 40e18) >> (takerSeed >> 8) % 16;
        base = base / 1e10 * 1e10 + 1e10;
        return TradeParams({
            marketId: market,
            taker: _pick(takers, takerSeed),
            maker: maker,
            isBaseToQuote: isBaseToQuote,
            isExactInput: isExactInput,
            isReduceOnly: false,
            amount: isBaseToQuote == isExactInput ? base : base * price / WAD,
            oppositeBound: isExactInput ? 0 : type(uint256).max,
            deadline: vm.getBlockTimestamp()
        });
    }

    function _reduceOnly(address taker, address maker, bool isLong, uint256 amount)
        private
        view
        returns (TradeParams memory)
    {
        return TradeParams({
            marketId: market,
            taker: taker,
            maker: maker,
            isBaseToQuote: isLong,
            isExactInput: isLong,
            isReduceOnly: true,
            amount: amount,
            oppositeBound: isLong ? 0 : type(uint256).max,
            deadline: vm.getBlockTimestamp()
        });
    }

    /// @dev Shares of those who did nothing are worth what they were, dust aside.
    function _checkShareValue(LpVault maker, uint256 sharePriceBefore) private view {
        assertGe(maker.sharePrice() + sharePriceBefore / SHARE_DUST + 2, sharePriceBefore, "share value fell");
    }

    function _isLegalRefusal(bytes4 selector) private pure returns (bool) {
        return selector == MarginMath.InsufficientInitialMargin.selector
            || selector == MarginMath.InsufficientMaintenanceMargin.selector
            || selector == IMaker.MakerCapacityExceeded.selector
            || selector == IMaker.MakerQuoteCapacityExceeded.selector || selector == IMaker.BelowMinMarginRatio.selector
            || selector == SpotHedgeBaseMaker.HedgeTooFar.selector
            || selector == SpotHedgeBaseMaker.InsufficientAssetBalance.selector
            || selector == IClearingHouse.PriceBandExceeded.selector || selector == IVault.InsufficientMargin.selector
            || selector == IVault.InsufficientMarketBalance.selector || selector == LpVault.VaultInsolvent.selector
            // Amounts that round to nothing.
            || selector == IVault.ZeroAmount.selector || selector == IClearingHouse.ZeroAmount.selector;
    }

    function _refuse(bytes32 action, bytes memory reason) private {
        bool isLegal = _isLegalRefusal(bytes4(reason));
        if (!isLegal) console.logBytes(reason);
        assertTrue(isLegal, "refused for a reason that no legal action should meet");
        if (done[action] + refused[action] == 0) _actions.push(action);
        refused[action]++;
    }

    function _count(bytes32 action) private {
        if (done[action] + refused[action] == 0) _actions.push(action);
        done[action]++;
    }

    /// @dev Publishes {price} anew, a second later, so that it is fresh.
    function _publish() private {
        skip(1);
        uint64 time = uint64(vm.getBlockTimestamp());
        int64 pythPrice = int64(uint64(price / 1e10));
        bytes[] memory update = new bytes[](1);
        update[0] = pyth.createPriceFeedUpdateData(feed, pythPrice, 0, -8, pythPrice, 0, time, time - 1);
        vm.deal(address(this), 1);
        pyth.updatePriceFeeds{value: 1}(update);
    }

    function _mintFor(TestToken token, address account, address spender, uint256 amount) private {
        token.mint(account, amount);
        vm.prank(account);
        token.approve(spender, amount);
    }

    function _lpVault(bool useOracleMaker) private view returns (LpVault, TestToken) {
        return useOracleMaker ? (LpVault(d.oracleMaker), usd) : (LpVault(d.spotHedgeBaseMaker), weth);
    }

    function _pick(address[] storage accounts, uint256 seed) private view returns (address) {
        return accounts[seed % accounts.length];
    }

    function _sizeOf(address account) private view returns (int256) {
        return d.vault.positionOf(market, account).size.unwrap();
    }

    function _valueOf(address account) private view returns (int256) {
        Position memory position = d.vault.positionOf(market, account);
        return position.value(Price.wrap(price)).unwrap();
    }
}
