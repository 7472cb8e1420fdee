// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deployment} from "../../script/Deploy.s.sol";
import {TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {LpRequest} from "../../src/types/LpRequest.sol";
import {ActionLog} from "../utils/ActionLog.sol";
import {FeeToken} from "../utils/FeeToken.sol";
import {PythDouble} from "../utils/PythDouble.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev LPs deposit to and withdraw from two makers by both paths while a taker trades and the price moves. Reverts of
/// actions that must pass are not caught. Each LP action compares the share value of the other holders.
contract LpHandler is ActionLog {
    uint256 private constant KEEPER_FEE = 0.0001 ether;
    uint256 private constant VALUE_DUST = 1e12;

    Deployment private d;
    PythDouble private immutable pyth;
    bytes32 private immutable feed;
    address private immutable trusted;
    address private immutable taker;
    address[] public lps;
    ILpModule[2] public makers;
    LpRequestVault[2] public queues;
    TestToken[2] public tokens;
    uint256 public price = 2000e18;
    /// @dev Tokens that are credited to no account.
    uint256[2] public donated;

    constructor(
        Deployment memory d_,
        PythDouble pyth_,
        bytes32 feed_,
        TestToken[2] memory tokens_,
        address trusted_,
        address taker_,
        address[] memory lps_
    ) {
        (d, pyth, feed, tokens, trusted, taker, lps) = (d_, pyth_, feed_, tokens_, trusted_, taker_, lps_);
        _declare("request.deposit");
        _declare("request.redeem");
        _declare("settle");
        _declare("claim");
        _declare("cancel");
        _declare("claim.returned");
        _declare("deposit");
        _declare("withdraw");
        _declare("trade");
        _declare("movePrice");
        _declare("passTime");
        _declare("donate");
        makers = [ILpModule(d_.oracleMaker), ILpModule(d_.spotHedgeBaseMaker)];
        queues = [d_.oracleMakerRequestVault, d_.spotHedgeBaseMakerRequestVault];
        for (uint256 i = 0; i < lps_.length; ++i) {
            vm.deal(lps_[i], 1000 ether);
            for (uint256 j = 0; j < 2; ++j) {
                vm.prank(lps_[i]);
                tokens_[j].approve(address(queues[j]), type(uint256).max);
            }
        }
        for (uint256 j = 0; j < 2; ++j) {
            vm.prank(trusted_);
            tokens_[j].approve(address(makers[j]), type(uint256).max);
        }
    }

    // ---------------------------------------------------------------------------------------------------- requests ----

    function requestDeposit(uint256 m, uint256 lpSeed, uint256 amount, uint256 minimum) external {
        m %= 2;
        address lp = _pick(lpSeed);
        amount = _assets(m, amount);
        // Some requests have a minimum that the price may miss.
        minimum = minimum % 3 == 0 ? amount * makers[m].assetScale() : 0;
        tokens[m].mint(lp, amount);
        vm.prank(lp);
        queues[m].requestDeposit{value: KEEPER_FEE}(amount, lp, lp, minimum, 0);
        _count("request.deposit");
    }

    function requestRedeem(uint256 m, uint256 lpSeed, uint256 part) external {
        m %= 2;
        address lp = _pick(lpSeed);
        uint256 balance = makers[m].balanceOf(lp);
        if (balance == 0) return;
        vm.prank(lp);
        queues[m].requestRedeem{value: KEEPER_FEE}(boundPart(part, balance), lp, lp, 0, 0);
        _count("request.redeem");
    }

    /// @dev Liveness: after any actions a due request is settled or returned.
    function settle(uint256 m) external {
        m %= 2;
        LpRequestVault queue = queues[m];
        uint256 head = _firstOpen(queue);
        if (head > queue.requestCount()) return;
        uint256 executableAt = queue.requestOf(head).executableAt;
        if (vm.getBlockTimestamp() < executableAt) vm.warp(executableAt);
        _publish();
        uint256 sharePrice = makers[m].sharePrice();
        uint256 open = _openCount(queue);
        queue.settle(_updates(queue, head), type(uint256).max);
        assertLt(_openCount(queue), open, "nothing settled");
        assertEq(d.vault.lockHolder(), address(0));
        _checkShareValue(m, sharePrice);
        _count("settle");
    }

    function claim(uint256 m, uint256 lpSeed, uint256 part, uint256 kind) external {
        m %= 2;
        address lp = _pick(lpSeed);
        LpRequestVault queue = queues[m];
        kind %= 4;
        uint256 most = kind == 0
            ? queue.maxDeposit(lp)
            : kind == 1 ? queue.maxMint(lp) : kind == 2 ? queue.maxRedeem(lp) : queue.maxWithdraw(lp);
        if (most == 0) return;
        part = part % 2 == 0 ? most : boundPart(part, most);
        vm.startPrank(lp);
        if (kind == 0) queue.deposit(part, lp);
        else if (kind == 1) queue.mint(part, lp);
        else if (kind == 2) queue.redeem(part, lp, lp);
        else queue.withdraw(part, lp, lp);
        vm.stopPrank();
        _count("claim");
    }

    function cancel(uint256 m, uint256 idSeed) external {
        m %= 2;
        LpRequestVault queue = queues[m];
        uint256 count = queue.requestCount();
        if (count == 0) return;
        uint256 id = boundIndex(idSeed, 1, count);
        LpRequest memory request = queue.requestOf(id);
        if (!request.isClosed && vm.getBlockTimestamp() > request.expiresAt) {
            vm.prank(request.controller);
            if (request.isDeposit) queue.cancelDepositRequest(id, request.controller);
            else queue.cancelRedeemRequest(id, request.controller);
            _count("cancel");
        }
        request = queue.requestOf(id);
        if (request.returned == 0) return;
        vm.prank(request.controller);
        if (request.isDeposit) queue.claimCancelDepositRequest(id, request.controller, request.controller);
        else queue.claimCancelRedeemRequest(id, request.controller, request.controller);
        _count("claim.returned");
    }

    // --------------------------------------------------------------------------------------------- immediate path ----

    function depositNow(uint256 m, uint256 amount) external {
        m %= 2;
        _publish();
        amount = _assets(m, amount);
        uint256 sharePrice = makers[m].sharePrice();
        tokens[m].mint(trusted, amount);
        if (amount > makers[m].maxDeposit(trusted)) return;
        vm.prank(trusted);
        makers[m].deposit(amount);
        _checkShareValue(m, sharePrice);
        _count("deposit");
    }

    /// @dev The shares that {ILpQuotes-maxRedeem} returns can be withdrawn.
    function withdrawNow(uint256 m, uint256 shares) external {
        m %= 2;
        _publish();
        uint256 most = makers[m].maxRedeem(trusted);
        // Shares worth less than one unit of the asset are paid nothing.
        if (most < 1e15) return;
        uint256 sharePrice = makers[m].sharePrice();
        vm.prank(trusted);
        makers[m].withdraw(boundShares(shares, 1e15, most));
        _checkShareValue(m, sharePrice);
        _count("withdraw");
    }

    // --------------------------------------------------------------------------------------------------- the world ----

    function trade(uint256 m, uint256 amount, bool isBaseToQuote) external {
        m %= 2;
        _publish();
        vm.prank(taker);
        try d.clearingHouse
            .trade(
                TradeParams({
                    marketId: d.marketId,
                    taker: taker,
                    maker: address(makers[m]),
                    isBaseToQuote: isBaseToQuote,
                    isExactInput: isBaseToQuote,
                    isReduceOnly: false,
                    amount: boundSize(amount, 1e16, 40e18),
                    oppositeBound: isBaseToQuote ? 0 : type(uint256).max,
                    deadline: vm.getBlockTimestamp()
                })
            ) {
            _count("trade");
        } catch {
            _countRefusal("trade");
        }
    }

    function movePrice(uint256 factor) external {
        price = boundPrice(price * boundFactor(factor, 0.9e18, 1.1e18) / 1e18, 500e18, 8000e18);
        _publish();
        _count("movePrice");
    }

    function passTime(uint256 time) external {
        skip(boundTime(time, 90));
        _count("passTime");
    }

    function donate(uint256 m, uint256 amount) external {
        m %= 2;
        amount = _assets(m, amount);
        tokens[m].mint(address(queues[m]), amount);
        tokens[m].mint(address(makers[m]), amount);
        donated[m] += amount;
        _count("donate");
    }

    // ------------------------------------------------------------------------------------------------------ reads ----

    function lpCount() external view returns (uint256) {
        return lps.length;
    }

    // --------------------------------------------------------------------------------------------------- internal ----

    /// @dev One update at the current price for each distinct time of the due requests.
    function _updates(LpRequestVault queue, uint256 head) private view returns (bytes[][] memory updates) {
        uint256 count = queue.requestCount();
        bytes[][] memory all = new bytes[][](count);
        uint256 used;
        uint256 last;
        for (uint256 id = head; id <= count; ++id) {
            LpRequest memory request = queue.requestOf(id);
            if (vm.getBlockTimestamp() < request.executableAt) break;
            if (request.isClosed || vm.getBlockTimestamp() > request.expiresAt) continue;
            if (request.executableAt == last) continue;
            last = request.executableAt;
            all[used] = new bytes[](1);
            all[used++][0] = _update(uint64(last));
        }
        updates = new bytes[][](used);
        for (uint256 i = 0; i < used; ++i) {
            updates[i] = all[i];
        }
    }

    function _update(uint64 time) private view returns (bytes memory) {
        int64 pythPrice = int64(uint64(price / 1e10));
        return pyth.createPriceFeedUpdateData(feed, pythPrice, 0, -8, pythPrice, 0, time, time - 1);
    }

    function _publish() private {
        skip(1);
        bytes[] memory update = new bytes[](1);
        update[0] = _update(uint64(vm.getBlockTimestamp()));
        vm.deal(address(this), 1);
        pyth.updatePriceFeeds{value: 1}(update);
    }

    receive() external payable {}

    function _firstOpen(LpRequestVault queue) private view returns (uint256 id) {
        for (id = queue.head(); id <= queue.requestCount() && queue.requestOf(id).isClosed; ++id) {}
    }

    function _openCount(LpRequestVault queue) private view returns (uint256 open) {
        for (uint256 id = queue.head(); id <= queue.requestCount(); ++id) {
            if (!queue.requestOf(id).isClosed) ++open;
        }
    }

    function _checkShareValue(uint256 m, uint256 before) private view {
        assertGe(makers[m].sharePrice() + before / VALUE_DUST + 2, before, "share value fell");
    }

    function _assets(uint256 m, uint256 amount) private view returns (uint256) {
        return boundAmount(amount, 1e15, m == 0 ? 200_000e18 : 100e18) / makers[m].assetScale();
    }

    function _pick(uint256 seed) private view returns (address) {
        return lps[seed % lps.length];
    }
}

/// @dev The tokens start to charge for transfers in the middle of a run.
contract LpTransferFeeHandler is LpHandler {
    constructor(
        Deployment memory d_,
        PythDouble pyth_,
        bytes32 feed_,
        TestToken[2] memory tokens_,
        address trusted_,
        address taker_,
        address[] memory lps_
    ) LpHandler(d_, pyth_, feed_, tokens_, trusted_, taker_, lps_) {
        _declare("startFees");
    }

    function startFees() external {
        FeeToken(address(tokens[0])).takeFee();
        FeeToken(address(tokens[1])).takeFee();
        _count("startFees");
    }
}
