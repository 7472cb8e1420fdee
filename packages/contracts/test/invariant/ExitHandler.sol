// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deployment} from "../../script/Deploy.s.sol";
import {TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {IExitInKind} from "../../src/interfaces/IExitInKind.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {Price} from "../../src/types/Units.sol";
import {ActionLog} from "../utils/ActionLog.sol";
import {PythDouble} from "../utils/PythDouble.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev One account is LP and taker of the makers: it deposits, trades, withdraws and leaves in kind, in any order. Every exit
/// compares the share value of the other holders at three prices, and the sum of all values. A due exit whose owner adds the
/// margin that the preview names must pass.
contract ExitHandler is ActionLog {
    /// @dev WAD quote of all shares, for the rounding of a share's value; see {_perShare}.
    int256 private constant VALUE_DUST = 1e7;
    uint256 private constant USD = 1e6;

    Deployment private d;
    PythDouble private immutable pyth;
    bytes32 private immutable feed;
    address public immutable account;
    /// @dev Makers of which the account is an LP, and the tokens that it deposits.
    ILpModule[] public makers;
    TestToken[] public tokens;
    bool private immutable isPriceFixed;
    uint256 public price = 2000e18;
    uint256[] private open;
    /// @dev WAD quote that the account has received from outside, base at 2,000.
    uint256 public granted;

    constructor(
        Deployment memory d_,
        PythDouble pyth_,
        bytes32 feed_,
        address account_,
        ILpModule[] memory makers_,
        TestToken[] memory tokens_,
        bool isPriceFixed_
    ) {
        (d, pyth, feed, account, makers, tokens) = (d_, pyth_, feed_, account_, makers_, tokens_);
        isPriceFixed = isPriceFixed_;
        _declare("deposit");
        _declare("withdraw");
        _declare("trade");
        _declare("close");
        _declare("exit.start");
        _declare("exit.execute");
        _declare("exit.return");
        _declare("claim");
        // For the fees of price updates.
        vm.deal(address(this), 1 ether);
        vm.startPrank(account_);
        for (uint256 i = 0; i < makers_.length; ++i) {
            tokens_[i].approve(address(makers_[i]), type(uint256).max);
            makers_[i].approve(address(d_.backstop), type(uint256).max);
        }
        d_.vault.asset().approve(address(d_.backstop), type(uint256).max);
        vm.stopPrank();
    }

    // -------------------------------------------------------------------------------------------------- actions ----

    function deposit(uint256 m, uint256 amount) external {
        m %= makers.length;
        _publish();
        amount = boundNumber(amount, 1, 200_000);
        uint256 scale = makers[m].assetScale();
        bool isBase = address(tokens[m]) != address(d.vault.asset());
        amount = (isBase ? amount * 1e18 / 2000 : amount * 1e18) / scale;
        if (amount == 0 || amount > makers[m].maxDeposit(account)) return;
        _grant(m, amount, isBase);
        vm.prank(account);
        makers[m].deposit(amount);
        _count("deposit");
    }

    function withdraw(uint256 m, uint256 part) external {
        m %= makers.length;
        _publish();
        uint256 most = makers[m].maxRedeem(account);
        if (most < 1e15) return;
        vm.prank(account);
        makers[m].withdraw(boundShares(part, 1e15, most));
        _count("withdraw");
    }

    function trade(uint256 m, uint256 amount, bool isBaseToQuote) external {
        _trade(m % makers.length, boundSize(amount, 1e16, 60e18), isBaseToQuote, false);
    }

    function close(uint256 m) external {
        int256 size = d.vault.positionOf(d.marketId, account).size.unwrap();
        if (size != 0) _trade(m % makers.length, type(uint256).max, size > 0, true);
    }

    function startExit(uint256 m, uint256 part) external {
        m %= makers.length;
        uint256 shares = makers[m].balanceOf(account);
        if (shares == 0) return;
        // Often all shares, so that the account leaves whole.
        shares = part % 3 == 0 ? shares : boundPart(part, shares);
        vm.prank(account);
        open.push(d.backstop.startExit(address(makers[m]), shares));
        _count("exit.start");
    }

    function executeExit(uint256 seed) external {
        if (open.length == 0) return;
        uint256 i = seed % open.length;
        IExitInKind.Exit memory exit = d.backstop.exitOf(open[i]);
        if (vm.getBlockTimestamp() < exit.executableAt) vm.warp(exit.executableAt);
        if (vm.getBlockTimestamp() > exit.executableAt + d.backstop.EXIT_WINDOW()) {
            d.backstop.returnExit(open[i]);
            _remove(i);
            return _count("exit.return");
        }
        // Every second time the feed stays silent.
        if (seed % 2 == 0) _publish();
        try d.backstop.previewExit(exit.maker, account, exit.shares) returns (
            IExitInKind.Slice memory quoted, uint256 lackingMargin
        ) {
            _execute(open[i], ILpModule(exit.maker), quoted, lackingMargin);
        } catch (bytes memory reason) {
            assertEq(bytes4(reason), IExitInKind.SliceTooSmall.selector);
            return _countRefusal("exit.execute");
        }
        _remove(i);
        _count("exit.execute");
    }

    function claim(uint256 m) external {
        m %= makers.length;
        IExitInKind.SliceClaim memory owed = d.backstop.sliceClaimOf(address(makers[m]), account);
        if (owed.assetXCD | owed.baseXCD == 0) return;
        d.backstop.claimSlice(address(makers[m]), account);
        _count("claim");
    }

    function movePrice(uint256 factor) external {
        if (isPriceFixed) return;
        price = boundPrice(price * boundFactor(factor, 0.93e18, 1.07e18) / 1e18, 1000e18, 4000e18);
        _publish();
        _count("movePrice");
    }

    // ---------------------------------------------------------------------------------------------------- reads ----

    /// @dev All that the account owns, WAD quote at a price, floor: tokens, fund, account value, claims, and its part of the
    /// makers, also of shares in escrow.
    function worthAt(uint256 at) public view returns (int256 worth) {
        worth = int256(d.vault.asset().balanceOf(account) + d.vault.fundOf(account)) * int256(1e18 / USD)
            + _valueAt(account, at);
        for (uint256 m = 0; m < makers.length; ++m) {
            ILpModule maker = makers[m];
            bool isBase = address(tokens[m]) != address(d.vault.asset());
            uint256 owed = d.backstop.sliceClaimOf(address(maker), account).assetXCD;
            if (isBase) owed += tokens[m].balanceOf(account);
            worth += _tokensAt(owed * maker.assetScale(), isBase, at);
            uint256 shares = maker.balanceOf(account) + maker.balanceOf(address(d.backstop));
            worth += _makerAt(m, at) * int256(shares) / int256(maker.totalSupply() + 1e6);
        }
    }

    // ------------------------------------------------------------------------------------------------- internal ----

    function _execute(uint256 exitId, ILpModule maker, IExitInKind.Slice memory quoted, uint256 lackingMargin) private {
        uint256 m = address(maker) == address(makers[0]) ? 0 : 1;
        uint256[3] memory prices = [price * 3 / 4, price, price * 4 / 3];
        int256[3] memory perShare;
        int256[3] memory sums;
        uint256 added = (lackingMargin + 1e18 / USD - 1) / (1e18 / USD);
        if (added != 0) _grant(0, added, false);
        for (uint256 i = 0; i < 3; ++i) {
            (perShare[i], sums[i]) = (_perShare(m, prices[i]), _sum(m, prices[i]));
        }
        vm.prank(account);
        IExitInKind.Slice memory slice = d.backstop.executeExit(exitId, added);
        assertEq(keccak256(abi.encode(slice)), keccak256(abi.encode(quoted)), "preview");
        for (uint256 i = 0; i < 3; ++i) {
            // Shares of an insolvent maker have no value to protect.
            if (perShare[i] > 0) assertGe(_perShare(m, prices[i]) + VALUE_DUST, perShare[i], "others");
            assertApproxEqAbs(_sum(m, prices[i]), sums[i], 1e13, "conserved");
        }
    }

    function _trade(uint256 m, uint256 amount, bool isBaseToQuote, bool isReduceOnly) private {
        _publish();
        vm.prank(account);
        try d.clearingHouse
            .trade(
                TradeParams({
                    marketId: d.marketId,
                    taker: account,
                    maker: address(makers[m]),
                    isBaseToQuote: isBaseToQuote,
                    isExactInput: isBaseToQuote,
                    isReduceOnly: isReduceOnly,
                    amount: amount,
                    oppositeBound: isBaseToQuote ? 0 : type(uint256).max,
                    deadline: vm.getBlockTimestamp()
                })
            ) {
            _count(isReduceOnly ? bytes32("close") : bytes32("trade"));
        } catch {
            _countRefusal(isReduceOnly ? bytes32("close") : bytes32("trade"));
        }
    }

    function _grant(uint256 m, uint256 amount, bool isBase) private {
        TestToken token = isBase ? tokens[m] : TestToken(address(d.vault.asset()));
        token.mint(account, amount);
        granted += isBase ? amount * makers[m].assetScale() * 2000 : amount * (1e18 / USD);
    }

    function _remove(uint256 i) private {
        open[i] = open[open.length - 1];
        open.pop();
    }

    /// @dev The value of a maker and of the account together, claims included.
    function _sum(uint256 m, uint256 at) private view returns (int256) {
        uint256 owed = d.backstop.sliceClaimOf(address(makers[m]), account).assetXCD;
        bool isBase = address(tokens[m]) != address(d.vault.asset());
        uint256 paid = d.vault.asset().balanceOf(account) * (1e18 / USD);
        return
            _makerAt(m, at) + _valueAt(account, at) + _tokensAt(owed * makers[m].assetScale(), isBase, at)
                + int256(paid);
    }

    /// @dev Value of a million shares, with the virtual ones; WAD quote.
    function _perShare(uint256 m, uint256 at) private view returns (int256) {
        return _makerAt(m, at) * 1e24 / int256(makers[m].totalSupply() + 1e6);
    }

    function _makerAt(uint256 m, uint256 at) private view returns (int256 value) {
        value = _valueAt(address(makers[m]), at);
        if (address(makers[m]) == address(d.spotHedgeBaseMaker)) {
            value += _tokensAt(d.spotHedgeBaseMaker.assetBalance() * makers[m].assetScale(), true, at);
        }
    }

    function _tokensAt(uint256 amount, bool isBase, uint256 at) private pure returns (int256) {
        return int256(isBase ? amount * at / 1e18 : amount);
    }

    function _valueAt(address holder, uint256 at) private view returns (int256) {
        return d.vault.accountState(d.marketId, holder, Price.wrap(at)).value.unwrap();
    }

    function _publish() private {
        skip(1);
        bytes[] memory update = new bytes[](1);
        update[0] = pyth.createPriceFeedUpdateData(
            feed,
            int64(uint64(price / 1e10)),
            0,
            -8,
            int64(uint64(price / 1e10)),
            0,
            uint64(vm.getBlockTimestamp()),
            uint64(vm.getBlockTimestamp() - 1)
        );
        pyth.updatePriceFeeds{value: 1}(update);
    }
}
