// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deployment} from "../../script/Deploy.s.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {TradeParams} from "../../src/interfaces/IClearingHouse.sol";
import {LpAggregateVault} from "../../src/makers/lp/LpAggregateVault.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {LpRequest} from "../../src/types/LpRequest.sol";
import {ActionLog} from "../utils/ActionLog.sol";
import {PythDouble} from "../utils/PythDouble.sol";
import {TestToken} from "../utils/TestToken.sol";

/// @dev Controllers request and claim by an aggregate vault, for themselves and for each other, while a taker trades and the
/// price moves. Records what each controller's requests took in and what it claimed.
contract LpAggregateHandler is ActionLog {
    /// @dev Of one controller, for deposits (assets) or redemptions (shares).
    struct Flow {
        uint256 requested;
        uint256 claimed;
        uint256 takenBack;
        uint256 donated;
    }

    uint256 private constant KEEPER_FEE = 0.0001 ether;
    uint256 private constant VALUE_DUST = 1e12;

    Deployment private d;
    PythDouble private immutable pyth;
    bytes32 private immutable feed;
    address private immutable taker;
    LpAggregateVault public immutable aggregate;
    LpRequestVault public immutable queue;
    ILpModule public immutable maker;
    TestToken public immutable token;
    uint256 private immutable maxAssets;
    address[] public lps;
    uint256 public price = 2000e18;
    mapping(address controller => mapping(bool isDeposit => Flow)) private _flows;
    /// @dev Inputs that paid for fees, and donations to the aggregate vault.
    mapping(bool isDeposit => uint256) public kept;
    /// @dev Assets donated to the request vault itself.
    uint256 public donatedToQueue;

    constructor(
        Deployment memory d_,
        PythDouble pyth_,
        bytes32 feed_,
        LpAggregateVault aggregate_,
        address taker_,
        address[] memory lps_,
        uint256 maxAssets_
    ) {
        (d, pyth, feed, aggregate, taker, lps, maxAssets) = (d_, pyth_, feed_, aggregate_, taker_, lps_, maxAssets_);
        queue = aggregate_.requestVault();
        maker = aggregate_.maker();
        token = TestToken(aggregate_.asset());
        bytes32[12] memory actions = [
            bytes32("request.deposit"),
            "request.redeem",
            "settle",
            "claim",
            "cancel",
            "claim.returned",
            "claim.inside",
            "push",
            "trade",
            "movePrice",
            "passTime",
            "donate"
        ];
        for (uint256 i = 0; i < actions.length; ++i) {
            _declare(actions[i]);
        }
        for (uint256 i = 0; i < lps_.length; ++i) {
            vm.startPrank(lps_[i]);
            token.approve(address(aggregate_), type(uint256).max);
            maker.approve(address(aggregate_), type(uint256).max);
            vm.stopPrank();
        }
    }

    receive() external payable {}

    // ---------------------------------------------------------------------------------------------------- actions ----

    /// @dev The fee is attached, prepaid or paid in the asset.
    function requestDeposit(uint256 fromSeed, uint256 toSeed, uint256 amount, uint256 feeKind) external {
        (address from, address controller) = (_pick(fromSeed), _pick(toSeed));
        if (!_hasPlace(from, controller, true)) return;
        amount = boundAmount(amount, maxAssets / 1000, maxAssets);
        uint256 value = _payFee(from, feeKind);
        token.mint(from, amount);
        (, uint256 input) = value == 0 ? aggregate.quoteFee(from, true) : (0, 0);
        vm.prank(from);
        aggregate.requestDeposit{value: value}(amount, controller, from);
        kept[true] += input;
        _flows[controller][true].requested += amount - input;
        _count("request.deposit");
    }

    function requestRedeem(uint256 fromSeed, uint256 toSeed, uint256 part, uint256 feeKind, bool inKind) external {
        (address from, address controller) = (_pick(fromSeed), _pick(toSeed));
        if (!_hasPlace(from, controller, false)) return;
        uint256 shares = maker.balanceOf(from);
        if (shares == 0) return;
        shares = boundPart(part, shares);
        uint256 value = _payFee(from, feeKind);
        (, uint256 input) = value == 0 ? aggregate.quoteFee(from, false) : (0, 0);
        // The fee of a dust amount is above the limit.
        if (input > shares / 100) return;
        vm.prank(from);
        if (inKind) aggregate.requestRedeemInKind{value: value}(shares, controller, from);
        else aggregate.requestRedeem{value: value}(shares, controller, from);
        kept[false] += input;
        _flows[controller][false].requested += shares - input;
        _count("request.redeem");
    }

    /// @dev Liveness: a due request is settled or returned. The shares of the other holders keep their value.
    function settle() external {
        uint256 head = queue.head();
        while (head <= queue.requestCount() && queue.requestOf(head).isClosed) ++head;
        if (head > queue.requestCount()) return;
        uint256 executableAt = queue.requestOf(head).executableAt;
        if (vm.getBlockTimestamp() < executableAt) vm.warp(executableAt);
        _publish();
        bytes[][] memory updates = new bytes[][](1);
        updates[0] = new bytes[](1);
        updates[0][0] = _update(uint64(executableAt));
        if (vm.getBlockTimestamp() > queue.requestOf(head).expiresAt) updates = new bytes[][](0);
        uint256 sharePrice = maker.sharePrice();
        queue.settle(updates, type(uint256).max);
        assertGe(maker.sharePrice() + sharePrice / VALUE_DUST + 2, sharePrice, "share value fell");
        assertTrue(queue.requestOf(head).isClosed, "nothing settled");
        _count("settle");
    }

    function claim(uint256 seed, uint256 part, uint256 kind) external {
        address lp = _pick(seed);
        kind %= 4;
        uint256 most = kind == 0
            ? aggregate.maxDeposit(lp)
            : kind == 1 ? aggregate.maxMint(lp) : kind == 2 ? aggregate.maxRedeem(lp) : aggregate.maxWithdraw(lp);
        if (most == 0) return;
        part = part % 2 == 0 ? most : boundPart(part, most);
        Flow storage flow = _flows[lp][kind < 2];
        vm.startPrank(lp);
        if (kind == 0) {
            aggregate.deposit(part, lp, lp);
            flow.claimed += part;
        } else if (kind == 1) {
            flow.claimed += aggregate.mint(part, lp, lp);
        } else if (kind == 2) {
            aggregate.redeem(part, lp, lp);
            flow.claimed += part;
        } else {
            flow.claimed += aggregate.withdraw(part, lp, lp);
        }
        vm.stopPrank();
        _count("claim");
    }

    function cancel(uint256 seed, bool isDeposit) external {
        address lp = _pick(seed);
        vm.startPrank(lp);
        if (isDeposit) {
            try aggregate.cancelDepositRequest(0, lp) {
                _count("cancel");
            } catch {
                _countRefusal("cancel");
            }
        } else {
            try aggregate.cancelRedeemRequest(0, lp) {
                _count("cancel");
            } catch {
                _countRefusal("cancel");
            }
        }
        vm.stopPrank();
    }

    /// @dev By the controller, or pushed by another account. All that is visible arrives.
    function claimReturned(uint256 seed, bool isDeposit, bool isPushed) external {
        address lp = _pick(seed);
        uint256 visible = _returned(lp, isDeposit);
        if (visible == 0) return;
        uint256 held = isDeposit ? token.balanceOf(lp) : maker.balanceOf(lp);
        if (isPushed) {
            aggregate.pushReturned(lp, isDeposit);
        } else {
            vm.prank(lp);
            if (isDeposit) aggregate.claimCancelDepositRequest(0, lp, lp);
            else aggregate.claimCancelRedeemRequest(0, lp, lp);
        }
        assertEq((isDeposit ? token.balanceOf(lp) : maker.balanceOf(lp)) - held, visible, "all that was visible");
        _flows[lp][isDeposit].takenBack += visible;
        _count("claim.returned");
    }

    /// @dev With a receiver inside the system, where the tokens would belong to the owner or to the controller again (T68): what
    /// is reported has left the controller's claim, or the claim is refused.
    function claimInside(uint256 seed, bool isDeposit, bool isAccount) external {
        address lp = _pick(seed);
        uint256 visible = _returned(lp, isDeposit);
        address receiver = isAccount ? aggregate.accountOf(lp) : address(aggregate);
        uint256 held = isDeposit ? token.balanceOf(address(aggregate)) : maker.balanceOf(address(aggregate));
        bytes memory call = isDeposit
            ? abi.encodeCall(aggregate.claimCancelDepositRequest, (0, receiver, lp))
            : abi.encodeCall(aggregate.claimCancelRedeemRequest, (0, receiver, lp));
        vm.prank(lp);
        (bool done, bytes memory answer) = address(aggregate).call(call);
        _count("claim.inside");
        if (!done) return assertEq(bytes4(answer), LpAggregateVault.InvalidReceiver.selector);
        assertEq(visible - _returned(lp, isDeposit), abi.decode(answer, (uint256)), "reported once");
        assertEq(isDeposit ? token.balanceOf(address(aggregate)) : maker.balanceOf(address(aggregate)), held, "no fee");
    }

    /// @dev Any account pushes the returned tokens of a request into the controller's account.
    function push(uint256 idSeed) external {
        uint256 count = queue.requestCount();
        if (count == 0) return;
        uint256 id = boundIndex(idSeed, 1, count);
        if (queue.requestOf(id).returned == 0) return;
        queue.pushReturned(id);
        _count("push");
    }

    function trade(uint256 amount, bool isBaseToQuote) external {
        _publish();
        vm.prank(taker);
        try d.clearingHouse
            .trade(
                TradeParams({
                    marketId: d.marketId,
                    taker: taker,
                    maker: address(maker),
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

    function donate(uint256 seed, uint256 amount) external {
        address lp = _pick(seed);
        amount = boundAmount(amount, 1, maxAssets);
        token.mint(aggregate.accountOf(lp), amount);
        _flows[lp][true].donated += amount;
        token.mint(address(aggregate), amount);
        kept[true] += amount;
        token.mint(address(queue), amount);
        donatedToQueue += amount;
        _count("donate");
    }

    // ------------------------------------------------------------------------------------------------------ reads ----

    function flowOf(address controller, bool isDeposit) external view returns (Flow memory) {
        return _flows[controller][isDeposit];
    }

    function lpCount() external view returns (uint256) {
        return lps.length;
    }

    // --------------------------------------------------------------------------------------------------- internal ----

    function _returned(address lp, bool isDeposit) private view returns (uint256) {
        return
            isDeposit ? aggregate.claimableCancelDepositRequest(0, lp) : aggregate.claimableCancelRedeemRequest(0, lp);
    }

    function _hasPlace(address from, address controller, bool isDeposit) private view returns (bool) {
        return aggregate.openRequests(controller, isDeposit).length < (from == controller ? 8 : 4);
    }

    /// @return value to attach
    function _payFee(address from, uint256 feeKind) private returns (uint256 value) {
        feeKind %= 3;
        vm.deal(address(this), KEEPER_FEE);
        if (feeKind == 0) {
            vm.deal(from, KEEPER_FEE);
            return KEEPER_FEE;
        }
        if (feeKind == 1) aggregate.prepay{value: KEEPER_FEE}(from);
        else aggregate.fundFloat{value: KEEPER_FEE}();
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

    function _pick(uint256 seed) private view returns (address) {
        return lps[seed % lps.length];
    }
}
